namespace PressureD.Simulation.Machine;

/// <summary>Where a page that is not in memory is read from.</summary>
internal enum SwapPlace
{
    /// <summary>The disk: swapped out, or of a file.</summary>
    Disk,

    /// <summary>A compressed swap device.</summary>
    Zram,

    /// <summary>Kept compressed in front of the disk.</summary>
    Zswap,
}
