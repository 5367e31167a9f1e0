using System;
using PressureD.Core.Cgroups;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;

namespace PressureD.Core.Victims;

/// <summary>Whom a selection chose, with what its identity is checked by and what is said about it.</summary>
internal sealed class Victim
{
    public VictimKind Kind { get; set; }

    /// <summary>Who it is: a process, of a group its largest, or a cgroup.</summary>
    public VictimIdentity Identity { get; set; }

    /// <summary>Whether it is anybody.</summary>
    public bool IsChosen => Identity != default;

    /// <summary>The process, of a group its largest; 0 for a cgroup.</summary>
    public int Pid => Identity.Pid;

    /// <summary>The process group that dies, and its session; 0 when it is none.</summary>
    public int Group { get; set; }

    public int Session { get; set; }

    /// <summary>How many processes die, as far as they were counted at the examination.</summary>
    public int Processes { get; set; }

    /// <summary>
    /// The cgroup that dies; null for a process. The slot may be another cgroup's later: <see cref="IsCgroupThere"/>.
    /// </summary>
    public CgroupSlot? Cgroup { get; set; }

    /// <summary>Whether the slot is still that of the cgroup that dies.</summary>
    public bool IsCgroupThere => Cgroup is { Directory: >= 0 } slot && slot.Identity == Identity.Mark;

    public uint Uid { get; set; }

    public int OomScoreAdj { get; set; }

    /// <summary>What its death should free.</summary>
    public long SizeBytes { get; set; }

    public long GrowthBytesPerSecond { get; set; }

    public TextBuffer Comm { get; } = new(64);

    /// <summary>What the process was started as, as <see cref="CommandLines.Of"/>; empty while unknown.</summary>
    public TextBuffer CommandLine { get; } = new(CommandLines.MostBytes);

    /// <summary>The cgroup it is, or is in: a path without a leading slash.</summary>
    public TextBuffer Path { get; } = new(512);

    /// <summary>Takes everything from another.</summary>
    public void CopyFrom(Victim other)
    {
        Kind = other.Kind;
        Identity = other.Identity;
        Cgroup = other.Cgroup;
        Uid = other.Uid;
        OomScoreAdj = other.OomScoreAdj;
        SizeBytes = other.SizeBytes;
        GrowthBytesPerSecond = other.GrowthBytesPerSecond;
        Group = other.Group;
        Session = other.Session;
        Processes = other.Processes;
        Comm.CopyFrom(other.Comm);
        CommandLine.CopyFrom(other.CommandLine);
        Path.CopyFrom(other.Path);
    }

    public void Clear()
    {
        Identity = default;
        Group = 0;
        Session = 0;
        Processes = 0;
        Cgroup = null;
        Uid = 0;
        OomScoreAdj = 0;
        SizeBytes = 0;
        GrowthBytesPerSecond = 0;
        Comm.Clear();
        CommandLine.Clear();
        Path.Clear();
    }
}
