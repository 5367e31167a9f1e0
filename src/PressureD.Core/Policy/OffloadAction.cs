using PressureD.Core.Cgroups;

namespace PressureD.Core.Policy;

/// <summary>
/// <c>offload: {…}</c>: while the rule is active, takes from cgroups what they do not use, a little at a time, as far
/// as nobody in them stalls for it (TMO, Senpai): current · ratio · max(0, 1 − stall ÷ target) at each interval.
/// </summary>
public sealed record OffloadAction : RuleAction
{
    /// <summary>Which cgroups, the outermost that match; null is the match itself.</summary>
    public CgroupPattern? Of { get; init; }

    /// <summary>The stall of some task, for memory or io, at which no more is taken. Millionths of time.</summary>
    public long StallRatio { get; init; }

    /// <summary>The most that one interval takes, as a share of what the cgroup uses. Millionths.</summary>
    public long Ratio { get; init; }

    public long IntervalUsec { get; init; }

    /// <summary>Nobody is brought below this.</summary>
    public long FloorBytes { get; init; }

    /// <summary>What may be swapped out, over all its cgroups: flash wears.</summary>
    public long SwapOutBytesPerSecond { get; init; }

    public override bool NeedsMatch => Of is null || Of.BelowMatch;
}
