using PressureD.Core.Publishing;
using PressureD.Core.Readers;

namespace PressureD.Core.Incidents;

/// <summary>One thing that was done, or not done, within an incident. Preallocated and used again.</summary>
public sealed class IncidentAct
{
    public IncidentActKind Kind { get; set; }

    /// <summary>CLOCK_MONOTONIC, microseconds.</summary>
    public long TimeUsec { get; set; }

    /// <summary>Whether it was only said.</summary>
    public bool DryRun { get; set; }

    /// <summary>The victim's process id, or 0.</summary>
    public int Pid { get; set; }

    /// <summary>What a death was expected to free, bytes.</summary>
    public long ExpectedBytes { get; set; } = Quantity.Unknown;

    /// <summary>What a death freed, bytes.</summary>
    public long FreedBytes { get; set; } = Quantity.Unknown;

    /// <summary>From the first signal to the death, microseconds.</summary>
    public long TookUsec { get; set; } = Quantity.Unknown;

    /// <summary>What the log said of it; names in it are escaped.</summary>
    public TextBuffer Text { get; } = new(288);

    /// <summary>The victim's comm, raw bytes.</summary>
    public TextBuffer Comm { get; } = new(24);

    /// <summary>The cgroup, raw bytes, its end if it is long.</summary>
    public TextBuffer Cgroup { get; } = new(128);

    internal void CopyFrom(IncidentAct other)
    {
        Kind = other.Kind;
        TimeUsec = other.TimeUsec;
        DryRun = other.DryRun;
        Pid = other.Pid;
        ExpectedBytes = other.ExpectedBytes;
        FreedBytes = other.FreedBytes;
        TookUsec = other.TookUsec;
        Text.CopyFrom(other.Text);
        Comm.CopyFrom(other.Comm);
        Cgroup.CopyFrom(other.Cgroup);
    }

    internal void Clear()
    {
        Kind = IncidentActKind.Said;
        TimeUsec = 0;
        DryRun = false;
        Pid = 0;
        ExpectedBytes = Quantity.Unknown;
        FreedBytes = Quantity.Unknown;
        TookUsec = Quantity.Unknown;
        Text.Clear();
        Comm.Clear();
        Cgroup.Clear();
    }
}
