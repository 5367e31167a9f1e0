using System.Collections.Generic;

namespace PressureD.Simulation.Scenarios;

/// <summary>The machine at a moment. Averages and shares are in hundredths of a percent.</summary>
/// <param name="Usec">Since the beginning.</param>
/// <param name="TotalBytes">MemTotal.</param>
/// <param name="AvailableBytes">MemAvailable.</param>
/// <param name="FreeBytes">MemFree.</param>
/// <param name="AnonBytes">Private memory in RAM.</param>
/// <param name="CacheBytes">Page cache without shared memory.</param>
/// <param name="ShmemBytes">Shared memory.</param>
/// <param name="SwapUsedBytes">Swap in use.</param>
/// <param name="SwapTotalBytes">Swap.</param>
/// <param name="MemorySome10">memory some avg10.</param>
/// <param name="MemoryFull10">memory full avg10.</param>
/// <param name="IoSome10">io some avg10.</param>
/// <param name="IoFull10">io full avg10.</param>
/// <param name="ProbeLateUsec">All lateness of the scenario's probes so far; −1 when it has none.</param>
/// <param name="Cgroups">Leaves that hold something or have stalled.</param>
public sealed record ScenarioRow(
    long Usec,
    long TotalBytes,
    long AvailableBytes,
    long FreeBytes,
    long AnonBytes,
    long CacheBytes,
    long ShmemBytes,
    long SwapUsedBytes,
    long SwapTotalBytes,
    long MemorySome10,
    long MemoryFull10,
    long IoSome10,
    long IoFull10,
    long ProbeLateUsec,
    IReadOnlyList<ScenarioCgroupRow> Cgroups)
{
    /// <summary>Page cache that is not on the disk yet, being written or not.</summary>
    public long DirtyBytes { get; init; }

    /// <summary>Private memory that no reclaim takes.</summary>
    public long LockedBytes { get; init; }

    /// <summary>The names of the columns of <see cref="ToString"/>.</summary>
    public const string Header =
        "     time   available       anon      cache       swap  mem some  mem full   io some  probe late";

    public override string ToString() =>
        $"{ScenarioEvent.Stamp(Usec)} {MiB(AvailableBytes)} {MiB(AnonBytes)} {MiB(CacheBytes)} {MiB(SwapUsedBytes)} "
        + $"{Percent(MemorySome10)} {Percent(MemoryFull10)} {Percent(IoSome10)}"
        + (ProbeLateUsec < 0 ? "" : $" {ProbeLateUsec / 1000,8} ms");

    private static string MiB(long bytes) => $"{bytes >> 20,6} MiB";

    private static string Percent(long hundredths) => $"{hundredths / 100,4}.{hundredths % 100:D2} %";
}
