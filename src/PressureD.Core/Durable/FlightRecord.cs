using PressureD.Core.Victims;

namespace PressureD.Core.Durable;

/// <summary>A victim in flight as it survives a restart.</summary>
internal readonly record struct FlightRecord
{
    /// <summary>The process or cgroup.</summary>
    public VictimIdentity Identity { get; init; }

    /// <summary>The process group that dies; 0 when it is none.</summary>
    public int Group { get; init; }

    /// <summary>When the first signal was sent.</summary>
    public long SignalUsec { get; init; }

    /// <summary>When KILL was sent; 0 when it was not yet.</summary>
    public long KillUsec { get; init; }

    public long GraceUsec { get; init; }

    public long ExpectedBytes { get; init; }

    public ulong RuleHash { get; init; }

    /// <summary>Where in its rule's chain the action is that killed; −1 when that is not known.</summary>
    public int ActionIndex { get; init; }
}
