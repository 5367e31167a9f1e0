using System.Collections.Generic;

namespace PressureD.Core.Policy;

/// <content>
/// memory.stat, with the keys of Linux 5.10 to 6.18. The root's file does not count what the kernel holds for itself:
/// the machine's values come from /proc/meminfo and /proc/vmstat.
/// </content>
public static partial class MetricCatalog
{
    private static void AddCgroupStat(List<Metric> rows)
    {
        void Bytes(string key, string meminfoKey, string summary) => rows.Add(new Metric
        {
            Name = $"memory.stat.{key}",
            Unit = MetricUnit.Bytes,
            Scope = meminfoKey.Length > 0 ? MetricScope.Either : MetricScope.Cgroup,
            Source = MetricSource.CgroupKey,
            File = "memory.stat",
            Key = key,
            PercentOf = "mem.total",
            MayExceedBase = key == "zswapped",
            OfMachine = meminfoKey.Length > 0
                ? new MetricOrigin(MetricSource.Meminfo, "/proc/meminfo", meminfoKey)
                : null,
            Summary = summary,
        });

        void Counter(string key, string summary, string vmstatKeys = "") => rows.Add(new Metric
        {
            Name = $"memory.stat.{key}",
            Unit = MetricUnit.Count,
            Scope = MetricScope.Either,
            Source = MetricSource.CgroupKey,
            File = "memory.stat",
            Key = key,
            IsCounter = true,
            OfMachine = new MetricOrigin(
                MetricSource.Vmstat, "/proc/vmstat", vmstatKeys.Length > 0 ? vmstatKeys : key),
            Summary = summary,
        });

        Bytes("anon", "AnonPages", "Anonymous memory.");
        Bytes("file", "Cached", "Page cache, tmpfs included.");
        Bytes("kernel", "", "The kernel's memory for it: stacks, page tables, slab; Linux 5.18.");
        Bytes("kernel_stack", "KernelStack", "Stacks of its tasks within the kernel.");
        Bytes("pagetables", "PageTables", "Page tables.");
        Bytes("sec_pagetables", "SecPageTables", "Page tables of virtual machines; Linux 6.1.");
        Bytes("percpu", "Percpu", "Memory held for each processor.");
        Bytes("sock", "", "Buffers of network sockets.");
        Bytes("vmalloc", "VmallocUsed", "Memory that the kernel maps for itself.");
        Bytes("shmem", "Shmem", "tmpfs and shared memory: no kill frees them.");
        Bytes("zswap", "Zswap", "Memory that zswap occupies for it.");
        Bytes("zswapped", "Zswapped", "What it has in zswap, before compression.");
        Bytes("file_mapped", "Mapped", "Files mapped by its processes.");
        Bytes("file_dirty", "Dirty", "Page cache waiting to be written.");
        Bytes("file_writeback", "Writeback", "Page cache being written.");
        Bytes("swapcached", "SwapCached", "What is both in swap and in memory.");
        Bytes("anon_thp", "AnonHugePages", "Anonymous memory in huge pages.");
        Bytes("file_thp", "FileHugePages", "Page cache in huge pages.");
        Bytes("shmem_thp", "ShmemHugePages", "tmpfs and shared memory in huge pages.");
        Bytes("inactive_anon", "Inactive(anon)", "Anonymous memory and tmpfs not used recently.");
        Bytes("active_anon", "Active(anon)", "Anonymous memory and tmpfs used recently.");
        Bytes("inactive_file", "Inactive(file)", "Page cache not used recently.");
        Bytes("active_file", "Active(file)", "Page cache used recently.");
        Bytes("unevictable", "Unevictable", "Memory that cannot be reclaimed.");
        Bytes("slab_reclaimable", "SReclaimable", "Kernel objects that can be given back.");
        Bytes("slab_unreclaimable", "SUnreclaim", "Kernel objects that cannot.");
        Bytes("slab", "Slab", "Kernel objects.");
        Bytes("hugetlb", "Hugetlb", "Huge pages that programs ask for, where they are charged.");

        // Counted since the cgroup was made, or since boot.
        Counter("workingset_refault_anon", "Anonymous pages swapped in again.");
        Counter("workingset_refault_file", "File pages read in again.");
        Counter("workingset_activate_anon", "Those of the anonymous ones that were evicted too early.");
        Counter("workingset_activate_file", "Those of the file pages that were evicted too early.");
        Counter("workingset_restore_anon", "Those of the anonymous ones that were in use when they were evicted.");
        Counter("workingset_restore_file", "Those of the file pages that were in use when they were evicted.");
        Counter("workingset_nodereclaim", "Times memory for such records was reclaimed.");
        Counter("pgdemote_kswapd", "Pages moved to slower memory by kswapd.");
        Counter("pgdemote_direct", "Pages moved to slower memory by tasks.");
        Counter("pgdemote_khugepaged", "Pages moved to slower memory by khugepaged.");
        Counter("pgdemote_proactive", "Pages moved to slower memory on request.");
        Counter("pgpromote_success", "Pages moved to faster memory.");
        Counter("pgscan", "Pages scanned by reclaim.",
            "pgscan_kswapd+pgscan_direct+pgscan_khugepaged+pgscan_proactive");
        Counter("pgsteal", "Pages reclaimed.",
            "pgsteal_kswapd+pgsteal_direct+pgsteal_khugepaged+pgsteal_proactive");
        Counter("pgscan_kswapd", "Pages scanned by kswapd.");
        Counter("pgscan_direct", "Pages scanned by tasks that wanted memory.");
        Counter("pgscan_khugepaged", "Pages scanned by khugepaged.");
        Counter("pgscan_proactive", "Pages scanned on request; Linux 6.15.");
        Counter("pgsteal_kswapd", "Pages reclaimed by kswapd.");
        Counter("pgsteal_direct", "Pages reclaimed by tasks that wanted memory.");
        Counter("pgsteal_khugepaged", "Pages reclaimed by khugepaged.");
        Counter("pgsteal_proactive", "Pages reclaimed on request; Linux 6.15.");
        Counter("pgfault", "Page faults.");
        Counter("pgmajfault", "Page faults that needed I/O.");
        Counter("pgrefill", "Pages looked at on the active list.");
        Counter("pgactivate", "Pages moved to the active list.");
        Counter("pgdeactivate", "Pages moved to the inactive list.");
        Counter("pglazyfree", "Pages marked as free to take.");
        Counter("pglazyfreed", "Pages so taken.");
        Counter("swpin_zero", "Pages of zeros swapped in; Linux 6.12.");
        Counter("swpout_zero", "Pages of zeros swapped out; Linux 6.12.");
        Counter("pswpin", "Pages read from swap; Linux 6.14.");
        Counter("pswpout", "Pages written to swap; Linux 6.14.");
        Counter("zswpin", "Pages taken out of zswap.");
        Counter("zswpout", "Pages put into zswap.");
        Counter("zswpwb", "Pages that zswap wrote on to the disk; Linux 6.8.");
        Counter("thp_fault_alloc", "Huge pages given at a fault.");
        Counter("thp_collapse_alloc", "Huge pages made out of small ones.");
        Counter("thp_swpout", "Huge pages swapped out whole.");
        Counter("thp_swpout_fallback", "Huge pages split to be swapped out.");
        Counter("numa_pages_migrated", "Pages moved between nodes.");
        Counter("numa_pte_updates", "Page table entries changed to find such pages.");
        Counter("numa_hint_faults", "Faults that find them.");
    }
}
