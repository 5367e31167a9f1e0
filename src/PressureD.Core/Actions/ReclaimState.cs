namespace PressureD.Core.Actions;

/// <summary>Where a <see cref="ReclaimRunner"/> stands with one match.</summary>
internal sealed class ReclaimState : ActionState
{
    public Target[] Targets { get; } = new Target[TargetFinder.MaxTargets];

    public int TargetCount { get; set; }

    public int NextTarget { get; set; }

    public ReclaimJob Job { get; } = new();

    public bool IsActing { get; set; }

    public long SinceUsec { get; set; }

    public long AskedBytes { get; set; }

    public long TakenBytes { get; set; }

    /// <summary>Why the last one that failed did, as a negative errno.</summary>
    public int Error { get; set; }
}
