using PressureD.Core.Incidents;
using PressureD.Core.Policy;
using PressureD.Core.Readers;

namespace PressureD.Core.Publishing;

/// <summary>
/// One thing that happened, in a preallocated slot that is filled again and again: what a log line says, and the parts
/// of it that machines read. Whoever gets a slot may use it only until it commits or releases it.
/// </summary>
public sealed class DaemonEvent
{
    /// <summary>Bytes that <see cref="Text"/> holds.</summary>
    public const int TextBytes = 1024;

    /// <summary>Bytes that <see cref="Cgroup"/> holds.</summary>
    public const int CgroupBytes = 512;

    /// <summary>Bytes that <see cref="Comm"/> holds.</summary>
    public const int CommBytes = 64;

    public DaemonEventKind Kind { get; set; }

    /// <summary>CLOCK_MONOTONIC, microseconds.</summary>
    public long TimeUsec { get; set; }

    public EventPriority Priority { get; set; }

    public PressureLevel Level { get; set; }

    /// <summary>Whether it was only said, not done.</summary>
    public bool DryRun { get; set; }

    /// <summary>The rule's name, or null when no rule is behind it.</summary>
    public string? Rule { get; set; }

    /// <summary>The victim's process id, or 0: no victim, or a cgroup.</summary>
    public int Pid { get; set; }

    /// <summary>What a victim's death freed, or <see cref="Quantity.Unknown"/>.</summary>
    public long FreedBytes { get; set; }

    /// <summary>What a victim's death was expected to free, or <see cref="Quantity.Unknown"/>.</summary>
    public long ExpectedBytes { get; set; }

    /// <summary>How long it took from the first signal to the death, or <see cref="Quantity.Unknown"/>.</summary>
    public long TookUsec { get; set; }

    /// <summary>The incident that it belongs to, or 0.</summary>
    public long Incident { get; set; }

    /// <summary>What a kept incident came to.</summary>
    public IncidentOutcome Outcome { get; set; }

    /// <summary>How many processes a victim has or had; 0 when there is none, or they were not counted.</summary>
    public int Processes { get; set; }

    /// <summary>How many rules a new policy has.</summary>
    public int Rules { get; set; }

    /// <summary>The line for people: one line, names in it escaped (<see cref="TextBuffer.AppendEscaped"/>).</summary>
    public TextBuffer Text { get; } = new(TextBytes);

    /// <summary>Where in <see cref="Text"/> begins why a rule fired; 0 in what has no such part.</summary>
    public int ReasonOffset { get; set; }

    /// <summary>The victim's or match's cgroup as a path from the root, raw bytes; empty when there is none.</summary>
    public TextBuffer Cgroup { get; } = new(CgroupBytes);

    /// <summary>The victim's comm, raw bytes; empty when there is none.</summary>
    public TextBuffer Comm { get; } = new(CommBytes);

    /// <summary>Makes it a blank event of the given kind.</summary>
    public void Reset(DaemonEventKind kind, long timeUsec, EventPriority priority)
    {
        Kind = kind;
        TimeUsec = timeUsec;
        Priority = priority;
        Level = PressureLevel.Normal;
        DryRun = false;
        Rule = null;
        Pid = 0;
        FreedBytes = Quantity.Unknown;
        ExpectedBytes = Quantity.Unknown;
        TookUsec = Quantity.Unknown;
        Rules = 0;
        Incident = 0;
        Outcome = IncidentOutcome.Noted;
        Processes = 0;
        ReasonOffset = 0;
        Text.Clear();
        Cgroup.Clear();
        Comm.Clear();
    }

    /// <summary>Takes everything from another event. Allocates nothing.</summary>
    public void CopyFrom(DaemonEvent other)
    {
        Kind = other.Kind;
        TimeUsec = other.TimeUsec;
        Priority = other.Priority;
        Level = other.Level;
        DryRun = other.DryRun;
        Rule = other.Rule;
        Pid = other.Pid;
        FreedBytes = other.FreedBytes;
        ExpectedBytes = other.ExpectedBytes;
        TookUsec = other.TookUsec;
        Rules = other.Rules;
        Incident = other.Incident;
        Outcome = other.Outcome;
        Processes = other.Processes;
        ReasonOffset = other.ReasonOffset;
        Text.CopyFrom(other.Text);
        Cgroup.CopyFrom(other.Cgroup);
        Comm.CopyFrom(other.Comm);
    }
}
