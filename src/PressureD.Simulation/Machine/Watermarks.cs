namespace PressureD.Simulation.Machine;

/// <summary>Free-page thresholds, in pages, by the kernel's formulas for one zone.</summary>
/// <param name="Min">Below it only the dying and reclaim itself may allocate; others reclaim directly.</param>
/// <param name="Low">Below it kswapd wakes.</param>
/// <param name="High">Up to it kswapd reclaims.</param>
public readonly record struct Watermarks(long Min, long Low, long High)
{
    /// <summary>
    /// min_free_kbytes = √(16 · RAM in kB), in 128..262144; the gaps are the larger of min/4 and 0.1 % of RAM
    /// (watermark_scale_factor 10).
    /// </summary>
    /// <param name="ramPages">MemTotal.</param>
    /// <param name="minPages">vm.min_free_kbytes, where something has set it; 0: by the formula.</param>
    public static Watermarks Of(long ramPages, long minPages = 0)
    {
        var minFreeKiB = long.Clamp(SquareRoot(16 * Pages.ToKiB(ramPages)), 128, 262_144);
        var min = minPages > 0 ? minPages : minFreeKiB / (Pages.Bytes / 1024);
        var gap = long.Max(min / 4, ramPages / 1000);
        return new(min, min + gap, min + (2 * gap));
    }

    /// <summary>The integer square root, rounded down.</summary>
    public static long SquareRoot(long value)
    {
        if (value <= 0) return 0;
        var root = 0L;
        for (var bit = 1L << 30; bit > 0; bit >>= 1)
        {
            var next = root + bit;
            if (next * next <= value) root = next;
        }

        return root;
    }
}
