namespace PressureD.Simulation.Machine;

/// <summary>A block device. Defaults: the fixed bed's disk, 2,000 operations a second.</summary>
public sealed record DiskOptions
{
    /// <summary>Time of a 4 KiB read on the idle device beyond its service time.</summary>
    public long ReadLatencyUsec { get; init; } = 200;

    /// <summary>Operations per second, reads and writes together.</summary>
    public long OperationsPerSecond { get; init; } = 2_000;

    /// <summary>Dirty pages that one write operation carries: files are written in sequence.</summary>
    public int WriteClusterPages { get; init; } = 32;

    /// <summary>
    /// Pages that one swap-out operation carries. A leak of 20 MB/s through a disk of 2,000 operations a second was
    /// slowed to about 15 MB/s: two pages to an operation.
    /// </summary>
    public int SwapClusterPages { get; init; } = 2;

    /// <summary>Pages that one operation of a sequential read carries (read-ahead of 128 KiB).</summary>
    public int ReadaheadPages { get; init; } = 32;
}
