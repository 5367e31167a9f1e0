namespace PressureD.Core.Actions;

/// <summary>Where an <see cref="OffloadRunner"/> stands with one match.</summary>
internal sealed class OffloadState : ActionState
{
    public OffloadTarget[] Targets { get; } = new OffloadTarget[TargetFinder.MaxTargets];

    /// <summary>Room for a new list.</summary>
    public Target[] Found { get; } = new Target[TargetFinder.MaxTargets];

    public ReclaimJob Job { get; } = new();

    /// <summary>Whether the chain has come to it since the rule became active.</summary>
    public bool IsOn { get; set; }

    /// <summary>The target whose job runs; −1 when none does.</summary>
    public int Current { get; set; } = -1;

    /// <summary>memory.swap.current of that target when its job began.</summary>
    public long SwapBeforeBytes { get; set; }

    /// <summary>When the next interval begins.</summary>
    public long NextUsec { get; set; }

    /// <summary>What may still be swapped out.</summary>
    public long BudgetBytes { get; set; }

    /// <summary>When the budget was last added to; 0 when never.</summary>
    public long BudgetUsec { get; set; }

    // Since the last line of the log.
    public long TakenBytes { get; set; }

    public long SwappedBytes { get; set; }

    public int BackOffs { get; set; }

    public long SaidUsec { get; set; }
}
