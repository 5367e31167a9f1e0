using System;
using System.Collections.Generic;
using PressureD.Core.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Script;

namespace PressureD.Simulation.Recordings;

/// <summary>The cgroups of a recording on the machine over which it is laid.</summary>
internal sealed class ReplayedCgroups(ScriptedMachine scripted, FrameDecoder decoder, string mount)
{
    private readonly Dictionary<string, long> _inodes = new(StringComparer.Ordinal);
    private readonly List<string> _gone = [];

    /// <summary>Removes those that are not in the sample, or are others of the same name.</summary>
    public void Remove()
    {
        _gone.Clear();
        foreach (var key in decoder.Removed)
            if (key.EndsWith('/')) _gone.Add(key);
        foreach (var key in decoder.Changed)
        {
            if (!key.EndsWith('/') || !_inodes.TryGetValue(key, out var inode)) continue;
            if (DirectoryText.Read(RecordedText.Of(decoder.Values, key)).Inode != inode) _gone.Add(key);
        }

        // Those below come before those above. One that somebody of ours lives in stays.
        _gone.Sort(static (left, right) => right.Length.CompareTo(left.Length));
        foreach (var key in _gone)
        {
            _inodes.Remove(key);
            if (scripted.Machine.FindCgroup(PathOf(key)) is { } cgroup) scripted.Machine.RemoveCgroup(cgroup);
        }
    }

    /// <summary>Makes those that are new in the sample.</summary>
    public void Make()
    {
        foreach (var key in decoder.Changed)
        {
            if (!key.EndsWith('/')) continue;
            var (inode, owner, attributes) = DirectoryText.Read(RecordedText.Of(decoder.Values, key));
            var cgroup = scripted.Machine.MakeCgroup(PathOf(key));
            cgroup.OwnerUid = owner;
            cgroup.Attributes.Clear();
            foreach (var (name, value) in attributes) cgroup.SetAttribute(name, value);
            if (!_inodes.TryAdd(key, inode)) continue;
            foreach (var file in RecordedFiles.Cgroup)
                if (!decoder.Values.ContainsKey(key + file)) scripted.Files.Fail(key + file, Errno.ENOENT);
        }
    }

    /// <summary>A recorded cgroup.freeze takes effect.</summary>
    /// <param name="key">The file's.</param>
    /// <param name="freeze">What it says.</param>
    public void Freeze(string key, bool freeze)
    {
        if (scripted.Machine.FindCgroup(PathOf(key[..(key.LastIndexOf('/') + 1)])) is { } cgroup
            && cgroup.FreezeRequested != freeze) scripted.Machine.Freeze(cgroup, freeze);
    }

    private string PathOf(string key) => key[mount.Length..].TrimEnd('/');
}
