namespace PressureD.Core.Durable;

/// <summary>A victim in flight as it survives a restart.</summary>
internal readonly record struct FlightRecord
{
    /// <summary>The process; 0 for a cgroup.</summary>
    public int Pid { get; init; }

    /// <summary>The process group that dies; 0 when it is none.</summary>
    public int Group { get; init; }

    /// <summary>When the process started; for a cgroup its inode.</summary>
    public long StartTicks { get; init; }

    /// <summary>When the first signal was sent.</summary>
    public long SignalUsec { get; init; }

    /// <summary>When KILL was sent; 0 when it was not yet.</summary>
    public long KillUsec { get; init; }

    public long GraceUsec { get; init; }

    public long ExpectedBytes { get; init; }

    public ulong RuleHash { get; init; }
}
