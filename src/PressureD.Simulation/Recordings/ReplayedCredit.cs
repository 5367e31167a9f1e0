using System;
using System.Collections.Generic;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;
using PressureD.Simulation.Script;

namespace PressureD.Simulation.Recordings;

/// <summary>
/// What processes hold in the recording that are gone here: it is free, and no longer charged to their cgroups.
/// </summary>
internal sealed class ReplayedCredit(FrameDecoder decoder, ScriptedFiles files, string mount)
{
    private readonly Dictionary<int, (long Anon, long Swap)> _held = [];
    private readonly HashSet<string> _corrected = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (long Anon, long Swap)> _byCgroup = new(StringComparer.Ordinal);

    /// <summary>Corrects the files of a sample.</summary>
    /// <param name="absent">Pids of who is gone.</param>
    /// <param name="restore">Has a file say again what was recorded.</param>
    public void Correct(IReadOnlyCollection<int> absent, Action<string> restore)
    {
        foreach (var key in _corrected) restore(key);
        _corrected.Clear();
        if (absent.Count == 0)
        {
            _held.Clear();
            return;
        }

        _byCgroup.Clear();
        long anon = 0, swap = 0;
        foreach (var pid in absent)
        {
            var (held, swapped) = HeldBy(pid);
            anon += held;
            swap += swapped;
            Charge(RecordedText.CgroupOf(decoder.Values, pid) ?? "/", held, swapped);
        }

        Correct(RecordedFiles.MemInfo, content => RecordedText.Add(
            content, ("MemFree", anon >> 10), ("MemAvailable", anon >> 10), ("AnonPages", -anon >> 10),
            ("SwapFree", swap >> 10)));
        foreach (var (path, held) in _byCgroup)
        {
            var directory = mount + path + "/";
            Correct(directory + "memory.current", content => RecordedText.Lessen(content, held.Anon));
            Correct(directory + "memory.swap.current", content => RecordedText.Lessen(content, held.Swap));
            Correct(directory + "memory.stat", content => RecordedText.Add(content, ("anon", -held.Anon)));
        }
    }

    /// <summary>
    /// What a process holds. One that is exiting says nothing of it any more, and still holds it: then it is what it
    /// said last.
    /// </summary>
    private (long Anon, long Swap) HeldBy(int pid)
    {
        var key = RecordedFiles.KeyOf(pid, ProcessFile.Status);
        if (!decoder.Values.TryGetValue(key, out var value)) return default;
        if (!ProcessStatusReader.TryRead(value.Content, out var status)) return default;
        if (status.HasEnded) return default;
        if (status.HasMemory) _held[pid] = (long.Max(0, status.RssAnonBytes), long.Max(0, status.SwapBytes));
        return _held.GetValueOrDefault(pid);
    }

    /// <summary>To the cgroup and those above it; the root has no such files.</summary>
    private void Charge(string path, long anon, long swap)
    {
        for (; path.Length > 1; path = path[..path.LastIndexOf('/')])
        {
            var before = _byCgroup.GetValueOrDefault(path);
            _byCgroup[path] = (before.Anon + anon, before.Swap + swap);
        }
    }

    private void Correct(string key, Func<byte[], byte[]> correct)
    {
        if (!decoder.Values.TryGetValue(key, out var value) || value.Content is not { } content) return;
        files.Set(key, correct(content));
        _corrected.Add(key);
    }
}
