using System.Collections.Generic;
using PressureD.Core.Kernel;

namespace PressureD.Simulation.Machine;

/// <summary>
/// What a kernel version and its configuration make visible: which files exist, and rules that changed.
/// </summary>
public sealed record KernelProfile
{
    /// <summary>
    /// Kernel 6.1 as Debian 12's cloud image has it: classic LRU, no zswap, triggers without privilege by back-port.
    /// </summary>
    public static KernelProfile Debian12 { get; } = new() { Name = "6.1", Release = 601 };

    /// <summary>Kernel 5.10: no cgroup.kill, no cgroup.pressure, no process_mrelease, no memory.peak.</summary>
    public static KernelProfile Debian11 { get; } = new()
    {
        Name = "5.10",
        Release = 510,
        CgroupKill = false,
        CgroupPressureSwitch = false,
        ReleaseMemory = false,
        MemoryPeak = false,
        CpuFull = false,
        OomGroupKillEvent = false,
        UnprivilegedTriggers = false,
    };

    /// <summary>Kernel 6.6: trigger windows of any length, memory.swap.peak.</summary>
    public static KernelProfile Longterm66 { get; } = new()
    {
        Name = "6.6",
        Release = 606,
        MultiGenerationalLru = true,
        MinTriggerWindowUsec = 1,
        SwapPeak = true,
    };

    /// <summary>
    /// Kernel 6.12 with zswap, as Debian 13's full image has it: generations, swappiness of memory.reclaim, subsystem
    /// counts.
    /// </summary>
    public static KernelProfile Debian13 { get; } = Longterm66 with
    {
        Name = "6.12",
        Release = 612,
        ReclaimSwappiness = true,
        PidsEventsOfLimit = true,
        SubsystemStat = true,
        Zswap = true,
        ZswapWriteback = true,
        MemoryFailure = true,
        UnacceptedMemory = true,
    };

    /// <summary>Kernel 6.18 as a small guest of a cloud has it: proactive reclaim counted apart.</summary>
    public static KernelProfile Longterm618 { get; } = Debian13 with
    {
        Name = "6.18", Release = 618, ProactiveStat = true, MemoryFailure = false, UnacceptedMemory = false,
    };

    /// <summary>All of them, oldest first.</summary>
    public static IReadOnlyList<KernelProfile> All { get; } = [Debian11, Debian12, Longterm66, Debian13, Longterm618];

    /// <summary>A profile by the kernel's version, such as "6.12", or null.</summary>
    public static KernelProfile? Named(string version)
    {
        foreach (var profile in All)
            if (profile.Name == version) return profile;
        return null;
    }

    public required string Name { get; init; }

    /// <summary>The version as a number, 612 for 6.12: which keys its files have, and in which order.</summary>
    public required int Release { get; init; }

    public CgroupMode Cgroups { get; init; } = CgroupMode.Unified;
    public string CgroupMount { get; init; } = "/sys/fs/cgroup";
    public bool Psi { get; init; } = true;

    /// <summary>cgroup.kill (5.14).</summary>
    public bool CgroupKill { get; init; } = true;

    /// <summary>cgroup.pressure (6.1).</summary>
    public bool CgroupPressureSwitch { get; init; } = true;

    /// <summary>process_mrelease (5.15).</summary>
    public bool ReleaseMemory { get; init; } = true;

    /// <summary>pidfd_open (5.3).</summary>
    public bool ProcessHandles { get; init; } = true;

    /// <summary>memory.peak and memory.reclaim (5.19).</summary>
    public bool MemoryPeak { get; init; } = true;

    /// <summary>memory.reclaim takes a swappiness (6.11).</summary>
    public bool ReclaimSwappiness { get; init; }

    /// <summary>CONFIG_ZSWAP: memory.zswap files; off in Debian's cloud images.</summary>
    public bool Zswap { get; init; }

    /// <summary>CONFIG_MEMORY_FAILURE: HardwareCorrupted in meminfo; off in Debian's cloud images.</summary>
    public bool MemoryFailure { get; init; }

    /// <summary>CONFIG_UNACCEPTED_MEMORY: keys of meminfo and vmstat.</summary>
    public bool UnacceptedMemory { get; init; }

    /// <summary>memory.zswap.writeback (6.8).</summary>
    public bool ZswapWriteback { get; init; }

    /// <summary>A full line in /proc/pressure/cpu (5.13); system-wide it is always zero.</summary>
    public bool CpuFull { get; init; } = true;

    /// <summary>The key oom_group_kill of memory.events (5.17).</summary>
    public bool OomGroupKillEvent { get; init; } = true;

    /// <summary>memory.swap.peak (6.5).</summary>
    public bool SwapPeak { get; init; }

    /// <summary>
    /// pids.events counts at the limit that refused a fork and above it, and pids.events.local is there (6.11); before,
    /// it counts where the process that forked is.
    /// </summary>
    public bool PidsEventsOfLimit { get; init; }

    /// <summary>Counts of subsystems in cgroup.stat (6.12).</summary>
    public bool SubsystemStat { get; init; }

    /// <summary>Keys of proactive reclaim apart from direct reclaim (6.15).</summary>
    public bool ProactiveStat { get; init; }

    /// <summary>Multi-generational LRU in use (/sys/kernel/mm/lru_gen/enabled); off in Debian 12.</summary>
    public bool MultiGenerationalLru { get; init; }

    /// <summary>Triggers from a process without CAP_SYS_RESOURCE (6.4, and back-ported).</summary>
    public bool UnprivilegedTriggers { get; init; } = true;

    /// <summary>Smallest trigger window: 500 ms up to 6.4 and in 6.1.y.</summary>
    public long MinTriggerWindowUsec { get; init; } = 500_000;

    /// <summary>
    /// Whether an unprivileged trigger starts from the total of the polling aggregator (0 when no privileged trigger
    /// ran), so that it can fire without cause.
    /// </summary>
    public bool SpuriousTriggerBaseline { get; init; } = true;

    /// <summary>CONFIG_HZ: the PSI period is 2·HZ+1 jiffies.</summary>
    public int Hz { get; init; } = 250;

    public long JiffyUsec => 1_000_000 / Hz;

    /// <summary>2.004 s at 250 Hz.</summary>
    public long PsiPeriodUsec => ((2 * Hz) + 1) * JiffyUsec;
}
