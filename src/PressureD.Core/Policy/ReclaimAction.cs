using PressureD.Core.Cgroups;

namespace PressureD.Core.Policy;

/// <summary>
/// <c>reclaim: {…}</c>: takes memory from cgroups by memory.reclaim, in bounded chunks, for as long as the condition
/// holds.
/// </summary>
public sealed record ReclaimAction : RuleAction
{
    /// <summary>Which cgroups, the outermost that match; null is the match itself.</summary>
    public CgroupPattern? Of { get; init; }

    /// <summary>How many of them, the largest by memory.current; 0 means all.</summary>
    public int AtMost { get; init; }

    /// <summary>From each, as a share of what it uses. Millionths; 0: <see cref="AmountBytes"/> counts.</summary>
    public long AmountRatio { get; init; }

    /// <summary>From each.</summary>
    public long AmountBytes { get; init; }

    /// <summary>Instead of vm.swappiness, 0 to 200 (6.11); −1: vm.swappiness.</summary>
    public int Swappiness { get; init; } = -1;

    /// <summary>Nobody is brought below this.</summary>
    public long FloorBytes { get; init; }

    public override bool StartsCooldown => true;

    public override bool NeedsMatch => Of is null || Of.BelowMatch;
}
