using System;
using System.Collections.Generic;
using System.Globalization;
using PressureD.Core.Policy;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Scenarios;
using PressureD.Simulation.Script;

namespace PressureD.Simulation.Recordings;

/// <summary>
/// Lays a recording over a machine, sample after sample: files say what they said, processes and cgroups come and go,
/// pressure triggers see the recorded stall.
/// </summary>
/// <remarks>
/// What the policy does there did not happen to the recorded machine. A process that it ends is gone from then on, and
/// so is what that one starts in the recording; what they hold there counts as free, at each moment as much as they
/// hold then. A file that it writes says what was written. Everything else, pressure above all, stays as it was
/// recorded.
/// </remarks>
internal sealed class RecordingPlayer
{
    /// <summary>A process whose end is worth telling held one part of so many of the machine's memory.</summary>
    private const long LargeEnds = 20;

    private readonly IEnumerator<ReadOnlyMemory<byte>> _frames;
    private readonly FrameDecoder _decoder = new();
    private readonly ScriptedMachine _scripted;
    private readonly ReplayedProcesses _processes;
    private readonly ReplayedCgroups _cgroups;
    private readonly ReplayedPressure _pressure;
    private readonly ReplayedCredit _credit;
    private readonly RecordedFigures _figures;
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);
    private readonly string _mount;
    private bool _hasBegun;
    private bool _hasActed;
    private long _kernelKills;

    /// <param name="recording">What is replayed.</param>
    /// <param name="frames">Its frames, from the first on.</param>
    /// <param name="scripted">The machine over which it is laid.</param>
    /// <param name="ownPid">The daemon's.</param>
    public RecordingPlayer(
        Recording recording, IEnumerable<ReadOnlyMemory<byte>> frames, ScriptedMachine scripted, int ownPid)
    {
        _frames = frames.GetEnumerator();
        _scripted = scripted;
        _mount = scripted.Machine.Options.Profile.CgroupMount;
        _processes = new ReplayedProcesses(recording, scripted.Machine, _decoder, ownPid);
        _cgroups = new ReplayedCgroups(scripted, _decoder, _mount);
        _pressure = new ReplayedPressure(scripted.Machine, _mount);
        _credit = new ReplayedCredit(_decoder, scripted.Files, _mount);
        _figures = new RecordedFigures(scripted.Files, _mount);
        if (_frames.MoveNext()) _decoder.Read(_frames.Current.Span);
        scripted.At(0).Do(Apply);
    }

    /// <summary>Takes what is worth telling of the recording, in words.</summary>
    public Action<string>? Tell { get; set; }

    /// <summary>MemAvailable of the last sample, with what is free since the policy acted.</summary>
    public long AvailableBytes => _figures.AvailableBytes;

    /// <summary>The machine at a moment, as its files say.</summary>
    public ScenarioRow RowAt(SimulatedMachine machine) => _figures.RowAt(machine);

    /// <summary>What the death of a process would free, as its files say.</summary>
    public long HeldBytes(int pid) => _figures.HeldBytes(pid);

    /// <summary>Hears from now on what the daemon does.</summary>
    public void Attach(SimulatedKernel kernel)
    {
        kernel.Acted += TakeAct;
        _processes.Attach();
    }

    private void TakeAct(KernelAct act)
    {
        if (act.File is { } file)
        {
            // From now on it says what was written: the machine's own file does.
            var path = $"{_mount}{(act.Cgroup.IsRoot ? "" : act.Cgroup.Path)}/{file}";
            _written.Add(path);
            if (file != "cgroup.kill") _scripted.Files.Restore(path);
        }

        _processes.NoteAct(act);
        if (_hasActed) return;
        _hasActed = true;
        Tell?.Invoke("the policy acts for the first time: what is recorded from here on happened without that");
    }

    private void Apply(SimulatedMachine machine)
    {
        _processes.RemoveEnded(NoteEnd);
        _cgroups.Remove();
        foreach (var key in _decoder.Removed) RemoveFile(key);
        _cgroups.Make();
        foreach (var key in _decoder.Changed)
        {
            if (!key.EndsWith('/') && !_written.Contains(key)) SetFile(key);
        }

        if (!_hasBegun) HideUnrecorded();
        _processes.Start();
        _credit.Correct(_processes.Absent, key =>
        {
            if (!_written.Contains(key)) SetFile(key);
        });
        _figures.Refresh();
        NoteKernelKills();
        _hasBegun = true;
        PlanNext(machine);
    }

    private void PlanNext(SimulatedMachine machine)
    {
        _pressure.Keep(_decoder);
        var beforeUsec = _decoder.NowUsec;
        if (!_frames.MoveNext())
        {
            _pressure.End();
            _frames.Dispose();
            return;
        }

        _decoder.Read(_frames.Current.Span);
        _pressure.Spread(_decoder, beforeUsec);
        machine.At(_decoder.NowUsec - machine.Options.StartUsec, Apply);
    }

    private void SetFile(string key)
    {
        if (!_decoder.Values.TryGetValue(key, out var value)) return;
        if (value.Content is { } content) _scripted.Files.Set(key, content);
        else _scripted.Files.Fail(key, value.Errno);
        if (value.Content is { Length: > 0 } flag && key.EndsWith("/cgroup.freeze", StringComparison.Ordinal))
            _cgroups.Freeze(key, flag[0] == (byte)'1');
    }

    private void RemoveFile(string key)
    {
        if (key.EndsWith('/')) return;
        var directory = key[..(key.LastIndexOf('/') + 1)];
        if (_decoder.Values.ContainsKey(directory)) _scripted.Files.Fail(key, Core.Kernel.Errno.ENOENT);
        else _scripted.Files.Restore(key);
    }

    // What the recorded machine did not have, this one has not either.
    private void HideUnrecorded()
    {
        foreach (var key in RecordedFiles.Host)
            if (!_decoder.Values.ContainsKey(key)) _scripted.Files.Fail(key, Core.Kernel.Errno.ENOENT);
        _kernelKills = RecordedText.KernelKills(_decoder.Values);
    }

    private void NoteKernelKills()
    {
        var kills = RecordedText.KernelKills(_decoder.Values);
        if (kills > _kernelKills)
            Tell?.Invoke(kills - _kernelKills == 1
                ? "the kernel's OOM killer ended a process"
                : $"the kernel's OOM killer ended {kills - _kernelKills} processes");
        _kernelKills = kills;
    }

    private void NoteEnd(SimulatedProcess process)
    {
        var held = _figures.HeldBytes(process.Pid);
        if (held * LargeEnds < _figures.TotalBytes) return;
        Tell?.Invoke(string.Create(
            CultureInfo.InvariantCulture,
            $"{process.Comm} ({process.Pid}) ended, which held {QuantityText.Bytes(held)}"));
    }
}
