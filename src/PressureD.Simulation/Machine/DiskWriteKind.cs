namespace PressureD.Simulation.Machine;

/// <summary>What a write of the disk carries.</summary>
internal enum DiskWriteKind
{
    /// <summary>Dirty pages of a file.</summary>
    File,

    /// <summary>Resident pages to swap.</summary>
    Swap,

    /// <summary>Pages that zswap holds, to the swap slots that they have already.</summary>
    Zswap,
}
