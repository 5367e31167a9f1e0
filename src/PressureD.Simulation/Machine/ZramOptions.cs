namespace PressureD.Simulation.Machine;

/// <summary>
/// How a compressed swap device stores pages. Defaults: lz4 with the ratio that is commonly planned with.
/// </summary>
public sealed record ZramOptions
{
    /// <summary>Size before compression by size after, in thousandths.</summary>
    public long RatioPermille { get; init; } = 2_500;

    /// <summary>Share of pages that do not shrink and are stored as they are.</summary>
    public long IncompressiblePermille { get; init; } = 100;

    /// <summary>Processor time of storing a page.</summary>
    public long CompressNsec { get; init; } = 3_000;

    /// <summary>Processor time of reading a page back.</summary>
    public long DecompressNsec { get; init; } = 1_500;

    /// <summary>Pages of RAM that so many stored ones take.</summary>
    public long PoolPages(long stored)
    {
        var huge = stored * IncompressiblePermille / 1000;
        return huge + (((stored - huge) * 1000) + RatioPermille - 1) / RatioPermille;
    }
}
