namespace PressureD.Core.Durable;

/// <summary>A victim in flight as it survives a restart.</summary>
internal readonly record struct FlightRecord
{
    public int Pid { get; init; }

    public long StartTicks { get; init; }

    /// <summary>When the first signal was sent.</summary>
    public long SignalUsec { get; init; }

    /// <summary>When KILL was sent; 0 when it was not yet.</summary>
    public long KillUsec { get; init; }

    public long GraceUsec { get; init; }

    public long ExpectedBytes { get; init; }

    public ulong RuleHash { get; init; }
}
