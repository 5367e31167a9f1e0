namespace PressureD.Simulation.Machine;

/// <summary>A block device. Defaults: the fixed bed's disk, 2,000 operations a second.</summary>
public sealed record DiskOptions
{
    /// <summary>Time of a 4 KiB read on the idle device beyond its service time.</summary>
    public long ReadLatencyUsec { get; init; } = 200;

    /// <summary>Operations per second, reads and writes together.</summary>
    public long OperationsPerSecond { get; init; } = 2_000;

    /// <summary>Pages that one write operation carries: neighbouring swap slots and dirty pages are merged.</summary>
    public int WriteClusterPages { get; init; } = 16;

    /// <summary>Pages that one operation of a sequential read carries (read-ahead of 128 KiB).</summary>
    public int ReadaheadPages { get; init; } = 32;
}
