using System.Collections.Generic;

namespace PressureD.Core.Policy;

/// <content>The machine's metrics.</content>
public static partial class MetricCatalog
{
    private static void AddHostMemory(List<Metric> rows)
    {
        void Meminfo(string name, string key, string percentOf, string summary) => rows.Add(new Metric
        {
            Name = name,
            Unit = MetricUnit.Bytes,
            Scope = MetricScope.Host,
            Source = MetricSource.Meminfo,
            File = "/proc/meminfo",
            Key = key,
            PercentOf = percentOf,
            MayExceedBase = key == "Committed_AS",
            Summary = summary,
        });

        void Memory(string name, string key, string summary) => Meminfo(name, key, "mem.total", summary);

        Meminfo("mem.total", "MemTotal", "", "Memory of the machine.");
        Memory("mem.free", "MemFree", "Memory nobody uses.");
        Memory("mem.available", "MemAvailable", "Memory the kernel expects to give without swapping.");
        Memory("mem.buffers", "Buffers", "Page cache of block devices.");
        Memory("mem.cached", "Cached", "Page cache, tmpfs included.");
        Memory("mem.active", "Active", "Memory used recently.");
        Memory("mem.inactive", "Inactive", "Memory not used recently, which reclaim looks at first.");
        Memory("mem.active_anon", "Active(anon)", "Anonymous memory and tmpfs used recently.");
        Memory("mem.inactive_anon", "Inactive(anon)", "Anonymous memory and tmpfs not used recently.");
        Memory("mem.active_file", "Active(file)", "Page cache used recently.");
        Memory("mem.inactive_file", "Inactive(file)", "Page cache not used recently.");
        Memory("mem.unevictable", "Unevictable", "Memory that cannot be reclaimed: locked, ramfs.");
        Memory("mem.mlocked", "Mlocked", "Memory that processes have locked.");
        Memory("mem.dirty", "Dirty", "Page cache waiting to be written.");
        Memory("mem.writeback", "Writeback", "Page cache being written.");
        Memory("mem.anon", "AnonPages", "Anonymous memory of processes.");
        Memory("mem.mapped", "Mapped", "Files mapped by processes.");
        Memory("mem.shmem", "Shmem", "tmpfs and shared memory, which no kill frees.");
        Memory("mem.kernel_reclaimable", "KReclaimable", "Memory of the kernel that it gives back under pressure.");
        Memory("mem.slab", "Slab", "The kernel's caches of its own objects.");
        Memory("mem.slab_reclaimable", "SReclaimable", "The part of them that can be given back.");
        Memory("mem.slab_unreclaimable", "SUnreclaim", "The part of them that cannot.");
        Memory("mem.kernel_stack", "KernelStack", "Stacks of tasks within the kernel.");
        Memory("mem.page_tables", "PageTables", "Page tables.");
        Memory("mem.secondary_page_tables", "SecPageTables", "Page tables of virtual machines; Linux 6.1.");
        Memory("mem.percpu", "Percpu", "Memory the kernel holds for each processor.");
        Memory("mem.vmalloc_used", "VmallocUsed", "Memory that the kernel maps for itself.");
        Memory("mem.hardware_corrupted", "HardwareCorrupted", "Memory taken out of use because it is broken.");
        Memory("mem.anon_huge", "AnonHugePages", "Anonymous memory in transparent huge pages.");
        Memory("mem.shmem_huge", "ShmemHugePages", "tmpfs and shared memory in huge pages.");
        Memory("mem.file_huge", "FileHugePages", "Page cache in huge pages.");
        Memory("mem.hugetlb", "Hugetlb", "Memory set aside for huge pages that programs ask for.");
        Memory("mem.committed", "Committed_AS", "Memory promised to processes.");
        Memory(
            "mem.commit_limit", "CommitLimit",
            "What may be promised when overcommit is off (vm.overcommit_memory = 2).");
        Meminfo("swap.total", "SwapTotal", "", "Swap space; 0 B without swap.");
        Meminfo("swap.free", "SwapFree", "swap.total", "Unused swap space; 0 B and 0 % without swap.");
        Meminfo("swap.cached", "SwapCached", "swap.total", "What is both in swap and in memory.");
        Memory("zswap.pool", "Zswap", "Memory that zswap's compressed store occupies; Linux 5.19.");
        Meminfo(
            "zswap.stored", "Zswapped", "swap.total",
            "What zswap holds, before compression: it counts as swapped out.");
        AddComputed(rows);
    }

    private static void AddComputed(List<Metric> rows)
    {
        void Computed(string name, MetricUnit unit, string percentOf, string summary) => rows.Add(new Metric
        {
            Name = name,
            Unit = unit,
            Scope = MetricScope.Host,
            Source = MetricSource.Computed,
            PercentOf = percentOf,
            MayExceedBase = name == "swap.effective",
            Summary = summary,
        });

        Computed("mem.available_user", MetricUnit.Ratio, "",
            "Available memory as a share of what is available or held by processes: "
                + "MemAvailable / (MemAvailable + AnonPages).");
        Computed("mem.user_total", MetricUnit.Bytes, "mem.total",
            "What is available or held by processes: MemAvailable + AnonPages.");
        Computed("swap.used", MetricUnit.Bytes, "swap.total", "Swap space in use.");
        Computed("swap.effective", MetricUnit.Bytes, "mem.total",
            "What swap can still take: free swap, where zram, and zswap until its pool is full, count only for what "
                + "compression gains.");
        Computed("zram.used", MetricUnit.Bytes, "mem.total", "Memory that zram swap occupies.");
        Computed("zram.stored", MetricUnit.Bytes, "swap.total", "What zram swap holds, before compression.");
        Computed("zram.compressed", MetricUnit.Bytes, "mem.total", "What zram swap holds, compressed.");
        Computed("time_to_exhaustion", MetricUnit.Duration, "",
            "Available memory and effective swap over the speed at which they shrink; without end when they do not.");
        Computed("self.lateness", MetricUnit.Duration, "", "How late the last sample was taken.");

        void Arc(string name, string summary) => rows.Add(new Metric
        {
            Name = name,
            Unit = MetricUnit.Bytes,
            Scope = MetricScope.Host,
            Source = MetricSource.Arc,
            File = "/proc/spl/kstat/zfs/arcstats",
            PercentOf = "mem.total",
            Summary = summary,
        });

        Arc("arc.size", "ZFS's cache, which MemAvailable does not count as available.");
        Arc("arc.reclaimable", "The part of ZFS's cache above its least size, which it gives back under pressure.");
    }

    private static void AddHostRates(List<Metric> rows)
    {
        void Rate(string name, string key, string summary) => rows.Add(new Metric
        {
            Name = name,
            Unit = MetricUnit.CountPerSecond,
            Scope = MetricScope.Host,
            Source = MetricSource.VmstatRate,
            File = "/proc/vmstat",
            Key = key,
            Summary = summary,
        });

        Rate("vm.swap_in", "pswpin", "Pages read from swap, a second.");
        Rate("vm.swap_out", "pswpout", "Pages written to swap, a second.");
        Rate("vm.zswap_in", "zswpin", "Pages taken out of zswap, a second.");
        Rate("vm.zswap_out", "zswpout", "Pages put into zswap, a second.");
        Rate("vm.zswap_writeback", "zswpwb", "Pages that zswap wrote on to the disk, a second; Linux 6.8.");
        Rate("vm.faults", "pgfault", "Page faults, a second.");
        Rate("vm.major_faults", "pgmajfault", "Page faults that needed I/O, a second.");
        Rate("vm.scan", "pgscan_kswapd+pgscan_direct", "Pages scanned by reclaim, a second.");
        Rate("vm.scan_kswapd", "pgscan_kswapd", "Pages scanned by kswapd, a second.");
        Rate("vm.scan_direct", "pgscan_direct", "Pages scanned by tasks that wanted memory, a second.");
        Rate("vm.steal", "pgsteal_kswapd+pgsteal_direct", "Pages reclaimed, a second.");
        Rate("vm.steal_kswapd", "pgsteal_kswapd", "Pages reclaimed by kswapd, a second.");
        Rate("vm.steal_direct", "pgsteal_direct", "Pages reclaimed by tasks that wanted memory, a second.");
        Rate("vm.refault_file", "workingset_refault_file", "Evicted file pages read again, a second.");
        Rate("vm.refault_anon", "workingset_refault_anon", "Evicted anonymous pages read again, a second.");
        Rate(
            "vm.restore_file", "workingset_restore_file",
            "Evicted file pages that were in use, read again, a second.");
        Rate(
            "vm.restore_anon", "workingset_restore_anon",
            "Evicted anonymous pages that were in use, read again, a second.");
        Rate(
            "vm.alloc_stalls",
            "allocstall_dma+allocstall_dma32+allocstall_normal+allocstall_movable+allocstall_device",
            "Times a task had to reclaim memory itself before it got any, a second.");
        Rate("vm.compact_stalls", "compact_stall", "Times a task had to compact memory itself, a second.");
        Rate("vm.compact_fails", "compact_fail", "Times that was of no use, a second.");
        Rate("vm.thp_fallbacks", "thp_fault_fallback", "Huge pages that could not be had, a second.");
        Rate("vm.oom_kills", "oom_kill", "Processes the kernel's OOM killer ended, a second.");
    }
}
