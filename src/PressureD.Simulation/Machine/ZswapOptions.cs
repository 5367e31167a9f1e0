namespace PressureD.Simulation.Machine;

/// <summary>
/// zswap: pages on their way to a swap device are kept compressed in memory, as far as its pool reaches. Defaults: the
/// kernel's, and lz4 with the ratio that is commonly planned with.
/// </summary>
public sealed record ZswapOptions
{
    /// <summary>max_pool_percent: what the pool may take of the machine's memory.</summary>
    public int MaxPoolPercent { get; init; } = 20;

    /// <summary>accept_threshold_percent: a pool that was full takes pages again when so much of it is left.</summary>
    public int AcceptPercent { get; init; } = 90;

    /// <summary>Size before compression by size after, in thousandths.</summary>
    public long RatioPermille { get; init; } = 2_500;

    /// <summary>Share of pages that do not shrink: they go to the device.</summary>
    public long IncompressiblePermille { get; init; } = 100;

    /// <summary>Processor time of storing a page.</summary>
    public long CompressNsec { get; init; } = 3_000;

    /// <summary>Processor time of reading a page back.</summary>
    public long DecompressNsec { get; init; } = 1_500;
}
