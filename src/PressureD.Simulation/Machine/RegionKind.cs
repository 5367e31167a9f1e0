namespace PressureD.Simulation.Machine;

/// <summary>What backs a region of memory.</summary>
public enum RegionKind
{
    /// <summary>Private memory: freed at exit, reclaimable to swap only.</summary>
    Anon,

    /// <summary>Pages of files: droppable when clean, they stay when their reader ends.</summary>
    File,

    /// <summary>Shared memory and tmpfs: swap-backed, not freed by the death of who wrote it.</summary>
    Shmem,
}
