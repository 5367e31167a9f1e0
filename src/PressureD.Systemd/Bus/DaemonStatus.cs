using System.Collections.Generic;

namespace PressureD.Systemd.Bus;

/// <summary>
/// The daemon's properties as the bus gave them. Null: not known, or the daemon does not have the property.
/// </summary>
public sealed record DaemonStatus
{
    public string? Version { get; init; }

    /// <summary>"starting", "guarding", "degraded", "paused" or "stopping".</summary>
    public string? State { get; init; }

    /// <summary>0 normal, 50 low, 100 medium, 255 critical; to be compared as ranges.</summary>
    public byte? Level { get; init; }

    public bool? DryRun { get; init; }

    /// <summary>When a pause ends, CLOCK_MONOTONIC, microseconds; 0 when there is none.</summary>
    public ulong? PausedUntilUsec { get; init; }

    /// <summary>Why it is paused, in the words of whoever paused it; empty when it is not.</summary>
    public string? PauseReason { get; init; }

    public ulong? MemoryTotalBytes { get; init; }

    public ulong? MemoryAvailableBytes { get; init; }

    public double? MemoryAvailableUserPercent { get; init; }

    public ulong? SwapTotalBytes { get; init; }

    public ulong? SwapFreeBytes { get; init; }

    /// <summary>Null also when memory is not shrinking.</summary>
    public ulong? TimeToExhaustionUsec { get; init; }

    public double? MemorySomeAvg10Percent { get; init; }

    public double? MemoryFullAvg10Percent { get; init; }

    public double? IoFullAvg10Percent { get; init; }

    public ulong? Kills { get; init; }

    /// <summary>Whether the policy files on disk are not those that the policy in force was read from.</summary>
    public bool? PolicyDiffers { get; init; }

    public IReadOnlyList<string> DegradedReasons { get; init; } = [];
}
