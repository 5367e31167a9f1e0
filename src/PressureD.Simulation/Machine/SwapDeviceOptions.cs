namespace PressureD.Simulation.Machine;

/// <summary>Swap space on the machine's disk, or compressed in its memory.</summary>
public sealed record SwapDeviceOptions
{
    public string Name { get; init; } = "/dev/vdb";
    public required long SizeBytes { get; init; }
    public int Priority { get; init; } = -2;

    /// <summary>A swap file rather than a partition.</summary>
    public bool File { get; init; }

    /// <summary>How pages are stored in memory; null: they go to the disk.</summary>
    public ZramOptions? Zram { get; init; }
}
