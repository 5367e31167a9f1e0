using System.Collections.Generic;

namespace PressureD.Simulation.Machine;

/// <summary>A machine at boot. Defaults: the fixed bed, 1 GiB, two processors, no swap.</summary>
public sealed record MachineOptions
{
    /// <summary>MemTotal: what the kernel manages.</summary>
    public long RamBytes { get; init; } = 1L << 30;

    public int Cpus { get; init; } = 2;

    /// <summary>Unreclaimable kernel memory: stacks, slab, page structures.</summary>
    public long KernelBytes { get; init; } = 72L << 20;

    public long ReclaimableSlabBytes { get; init; } = 16L << 20;

    /// <summary>Clean page cache that boot left and nobody uses.</summary>
    public long BootCacheBytes { get; init; } = 80L << 20;

    /// <summary>
    /// vm.min_free_kbytes, which transparent huge pages raise to 44 MiB on a machine of two zones; 0: by the kernel's
    /// formula, as without them.
    /// </summary>
    public long MinFreeBytes { get; init; }

    /// <summary>The largest lowmem_reserve of a zone, part of what MemAvailable leaves out.</summary>
    public long LowmemReserveBytes { get; init; }

    public IReadOnlyList<SwapDeviceOptions> Swap { get; init; } = [];

    /// <summary>Compresses in front of the swap devices on the disk; null: it is switched off.</summary>
    public ZswapOptions? Zswap { get; init; }

    public DiskOptions Disk { get; init; } = new();
    public CpuCosts Costs { get; init; } = new();
    public KernelProfile Profile { get; init; } = KernelProfile.Debian12;

    /// <summary>vm.swappiness, 0..200.</summary>
    public int Swappiness { get; init; } = 60;

    /// <summary>
    /// The mount option memory_recursiveprot, which systemd sets: protection that no child claims is shared out.
    /// </summary>
    public bool RecursiveProtection { get; init; } = true;

    /// <summary>Every pseudo-random choice follows from it.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>
    /// Whether another machine's figures are laid over this one's: it boots without processes, finds whatever memory it
    /// is asked to reclaim, and its OOM killer knows nobody.
    /// </summary>
    public bool IsReplayed { get; init; }

    /// <summary>CLOCK_MONOTONIC when the simulation begins: the machine booted this long ago.</summary>
    public long StartUsec { get; init; } = 60_000_000;
}
