namespace PressureD.Simulation.Machine;

/// <summary>Swap slots.</summary>
public sealed class SwapDevice
{
    internal SwapDevice(SwapDeviceOptions options)
    {
        Options = options;
        TotalPages = Pages.FromBytes(options.SizeBytes);
    }

    public SwapDeviceOptions Options { get; }
    public long TotalPages { get; }
    public long UsedPages { get; internal set; }
    public long FreePages => TotalPages - UsedPages;

    /// <summary>Pages of RAM that what is stored takes.</summary>
    public long PoolPages => Options.Zram?.PoolPages(UsedPages) ?? 0;
}
