using PressureD.Core.Policy;
using PressureD.Core.Readers;

namespace PressureD.Core.Publishing;

/// <summary>
/// The daemon at one step, for those who look on: the loop fills one and hands it to <see cref="SnapshotBoard"/>,
/// readers copy out into their own. Numbers that are not known are <see cref="Quantity.Unknown"/>.
/// </summary>
public sealed class DaemonSnapshot
{
    public DaemonState State { get; set; }

    public PressureLevel Level { get; set; }

    /// <summary>Whether actions are only said, not done.</summary>
    public bool DryRun { get; set; }

    /// <summary>Whether the policy files on disk are not those that the policy in force was read from.</summary>
    public bool PolicyDiffers { get; set; }

    /// <summary>When a pause ends, CLOCK_MONOTONIC, microseconds; 0 when there is none.</summary>
    public long PausedUntilUsec { get; set; }

    /// <summary>Why it is paused, in the words of whoever paused it; empty when it is not.</summary>
    public string PauseReason { get; set; } = "";

    /// <summary>CLOCK_MONOTONIC of the step, microseconds; 0 before the first.</summary>
    public long NowUsec { get; set; }

    /// <summary>MemTotal.</summary>
    public long MemoryTotalBytes { get; set; } = Quantity.Unknown;

    /// <summary>MemAvailable.</summary>
    public long MemoryAvailableBytes { get; set; } = Quantity.Unknown;

    /// <summary>AnonPages.</summary>
    public long MemoryAnonBytes { get; set; } = Quantity.Unknown;

    /// <summary>MemAvailable ÷ (MemAvailable + AnonPages), millionths (0 to 1,000,000).</summary>
    public long AvailableUserMillionths { get; set; } = Quantity.Unknown;

    /// <summary>SwapTotal; 0 on a machine without swap, which is known.</summary>
    public long SwapTotalBytes { get; set; } = Quantity.Unknown;

    /// <summary>SwapFree.</summary>
    public long SwapFreeBytes { get; set; } = Quantity.Unknown;

    /// <summary>
    /// The memory that free swap can still give: less than <see cref="SwapFreeBytes"/> when the swap is zram.
    /// </summary>
    public long SwapEffectiveBytes { get; set; } = Quantity.Unknown;

    /// <summary>
    /// How long until available memory and effective swap are gone by the trend; <see cref="Quantity.Unlimited"/> when
    /// memory is not shrinking.
    /// </summary>
    public long TimeToExhaustionUsec { get; set; } = Quantity.Unknown;

    /// <summary>The avg10 of the machine's memory pressure, line some, millionths.</summary>
    public long MemorySomeAvg10Millionths { get; set; } = Quantity.Unknown;

    /// <summary>The avg10 of the machine's memory pressure, line full, millionths.</summary>
    public long MemoryFullAvg10Millionths { get; set; } = Quantity.Unknown;

    /// <summary>The avg10 of the machine's io pressure, line full, millionths.</summary>
    public long IoFullAvg10Millionths { get; set; } = Quantity.Unknown;

    /// <summary>Victims killed since start.</summary>
    public long Kills { get; set; }

    /// <summary>Steps of the loop since start.</summary>
    public long Steps { get; set; }

    /// <summary>
    /// What is missing, one sentence each; empty when nothing is. The array is never changed once it is here: at a
    /// reload another one takes its place.
    /// </summary>
    public string[] DegradedReasons { get; set; } = [];

    /// <summary>Takes every value of another snapshot. Allocates nothing.</summary>
    public void CopyFrom(DaemonSnapshot other)
    {
        State = other.State;
        Level = other.Level;
        DryRun = other.DryRun;
        PolicyDiffers = other.PolicyDiffers;
        PausedUntilUsec = other.PausedUntilUsec;
        PauseReason = other.PauseReason;
        NowUsec = other.NowUsec;
        MemoryTotalBytes = other.MemoryTotalBytes;
        MemoryAvailableBytes = other.MemoryAvailableBytes;
        MemoryAnonBytes = other.MemoryAnonBytes;
        AvailableUserMillionths = other.AvailableUserMillionths;
        SwapTotalBytes = other.SwapTotalBytes;
        SwapFreeBytes = other.SwapFreeBytes;
        SwapEffectiveBytes = other.SwapEffectiveBytes;
        TimeToExhaustionUsec = other.TimeToExhaustionUsec;
        MemorySomeAvg10Millionths = other.MemorySomeAvg10Millionths;
        MemoryFullAvg10Millionths = other.MemoryFullAvg10Millionths;
        IoFullAvg10Millionths = other.IoFullAvg10Millionths;
        Kills = other.Kills;
        Steps = other.Steps;
        DegradedReasons = other.DegradedReasons;
    }

    /// <summary>
    /// Whether everything that onlookers are told of at once is the same: state, level, dry run, policy, pause, kills,
    /// reasons. Plain measurements are not among them, since they differ at nearly every step.
    /// </summary>
    public bool SameStanding(DaemonSnapshot other) =>
        State == other.State
        && Level == other.Level
        && DryRun == other.DryRun
        && PolicyDiffers == other.PolicyDiffers
        && PausedUntilUsec == other.PausedUntilUsec
        && Kills == other.Kills
        && ReferenceEquals(DegradedReasons, other.DegradedReasons);
}
