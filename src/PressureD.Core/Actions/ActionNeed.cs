using System;

namespace PressureD.Core.Actions;

/// <summary>What actions turned out not to find, or not to be let at, on this machine.</summary>
[Flags]
internal enum ActionNeed
{
    None = 0,

    /// <summary>memory.reclaim (5.19).</summary>
    Reclaim = 1,

    /// <summary>memory.reclaim with a swappiness of its own (6.11).</summary>
    ReclaimSwappiness = 2,

    /// <summary>/proc/sysrq-trigger.</summary>
    KernelOom = 4,

    /// <summary>/proc/sys/vm/swappiness.</summary>
    Swappiness = 8,

    /// <summary>A place in the undo journal for each cgroup of the swap section.</summary>
    SwapPlaces = 16,

    /// <summary>systemd's leave to set limits of its units.</summary>
    UnitLimits = 32,

    /// <summary>A file that the swap section sets: swap.high (5.8), zswap.max (CONFIG_ZSWAP), zswap.writeback (6.8).
    /// </summary>
    SwapFiles = 64,
}
