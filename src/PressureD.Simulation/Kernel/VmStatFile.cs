using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Kernel;

/// <summary>/proc/vmstat: state in pages, then events since boot.</summary>
internal static class VmStatFile
{
    public static FlatFile<SimulatedMachine> Of(KernelProfile profile)
    {
        var file = new FlatFile<SimulatedMachine>();
        AddZones(file, profile);
        AddNode(file);
        AddNodeTail(file, profile.Release);
        file.Add("nr_dirty_threshold", machine => machine.DirtyLimitPages)
            .Add("nr_dirty_background_threshold", machine => machine.DirtyLimitPages / 2);
        if (profile.Release >= 612) file.Zeros("nr_memmap_pages nr_memmap_boot_pages");
        AddAllocation(file, profile.Release);
        AddReclaim(file, profile);
        AddRest(file, profile);
        return file.Zeros("nr_unstable").End();
    }

    private static void AddZones(FlatFile<SimulatedMachine> file, KernelProfile profile)
    {
        var release = profile.Release;
        file.Add("nr_free_pages", machine => machine.FreePages);

        // Nothing is fragmented: all of it is in blocks of 2 MiB.
        if (release >= 618) file.Add("nr_free_pages_blocks", machine => machine.FreePages & ~511L);
        AddLists(file, "nr_zone_");
        file.Add("nr_zone_write_pending", machine => machine.DirtyPages + machine.Root.WritebackPages)
            .Add("nr_mlock", machine => machine.LockedPages);
        if (release < 601) file.Add("nr_page_table_pages", machine => machine.PageTablePages);
        if (release < 618) file.Zeros("nr_bounce");
        file.Add("nr_zspages", machine => machine.ZramPages + machine.ZswapPages).Zeros("nr_free_cma");
        if (profile.UnacceptedMemory) file.Zeros("nr_unaccepted");
        file.Add("numa_hit", machine => machine.Counters.Allocated).Zeros("numa_miss numa_foreign numa_interleave")
            .Add("numa_local", machine => machine.Counters.Allocated).Zeros("numa_other");
    }

    private static void AddLists(FlatFile<SimulatedMachine> file, string prefix) => file
        .Add(prefix + "inactive_anon", machine => machine.AnonLruPages - (machine.AnonLruPages / 2))
        .Add(prefix + "active_anon", machine => machine.AnonLruPages / 2)
        .Add(prefix + "inactive_file", machine => machine.FileLruPages - (machine.FileLruPages / 2))
        .Add(prefix + "active_file", machine => machine.FileLruPages / 2)
        .Add(prefix + "unevictable", machine => machine.LockedPages);

    private static void AddNode(FlatFile<SimulatedMachine> file)
    {
        AddLists(file, "nr_");
        file.Add("nr_slab_reclaimable", machine => machine.ReclaimableSlabPages)
            .Add("nr_slab_unreclaimable", machine => machine.KernelPages / 2)
            .Zeros("nr_isolated_anon nr_isolated_file workingset_nodes")
            .Add("workingset_refault_anon", machine => machine.Counters.RefaultedAnon)
            .Add("workingset_refault_file", machine => machine.Counters.RefaultedFile)
            .Add("workingset_activate_anon", machine => machine.Counters.ActivatedAnon)
            .Add("workingset_activate_file", machine => machine.Counters.ActivatedFile)
            .Add("workingset_restore_anon", machine => machine.Counters.RestoredAnon)
            .Add("workingset_restore_file", machine => machine.Counters.RestoredFile)
            .Zeros("workingset_nodereclaim")
            .Add("nr_anon_pages", machine => machine.AnonPages)
            .Add("nr_mapped", machine => machine.FileLruPages / 4)
            .Add("nr_file_pages", machine => machine.FilePages)
            .Add("nr_dirty", machine => machine.DirtyPages)
            .Add("nr_writeback", machine => machine.Root.WritebackPages);
    }

    private static void AddNodeTail(FlatFile<SimulatedMachine> file, int release)
    {
        if (release < 618) file.Zeros("nr_writeback_temp");
        file.Add("nr_shmem", machine => machine.ShmemPages)
            .Zeros("nr_shmem_hugepages nr_shmem_pmdmapped nr_file_hugepages nr_file_pmdmapped")
            .Zeros("nr_anon_transparent_hugepages")
            .Add("nr_vmscan_write", machine => machine.Counters.SentOut)
            .Zeros("nr_vmscan_immediate_reclaim")
            .Add("nr_dirtied", machine => machine.Counters.Dirtied)
            .Add("nr_written", machine => machine.Counters.Written);
        if (release >= 601) file.Zeros("nr_throttled_written");
        file.Zeros("nr_kernel_misc_reclaimable nr_foll_pin_acquired nr_foll_pin_released")
            .Add("nr_kernel_stack", machine => machine.KernelStackKiB);
        if (release < 601) return;
        file.Add("nr_page_table_pages", machine => machine.PageTablePages).Zeros("nr_sec_page_table_pages");
        if (release >= 612) file.Zeros("nr_iommu_pages");
        file.Add("nr_swapcached", machine => machine.SwapCachedPages).Zeros("pgpromote_success pgpromote_candidate");
        if (release >= 618) file.Zeros("pgpromote_candidate_nrl");
        if (release >= 612) file.Zeros("pgdemote_kswapd pgdemote_direct pgdemote_khugepaged");
        if (release >= 618) file.Zeros("pgdemote_proactive nr_hugetlb nr_balloon_pages nr_kernel_file_pages");
    }

    private static void AddAllocation(FlatFile<SimulatedMachine> file, int release)
    {
        file.Add("pgpgin", machine => machine.Counters.ReadKiB)
            .Add("pgpgout", machine => machine.Counters.WrittenKiB)
            .Add("pswpin", machine => machine.Counters.SwappedIn)
            .Add("pswpout", machine => machine.Counters.SwappedOut)
            .Zeros("pgalloc_dma").Add("pgalloc_dma32", machine => machine.Counters.Allocated)
            .Zeros("pgalloc_normal pgalloc_movable");
        var device = release >= 601;
        if (device) file.Zeros("pgalloc_device");
        file.Zeros("allocstall_dma allocstall_dma32")
            .Add("allocstall_normal", machine => machine.Counters.AllocStalls / 8)
            .Add("allocstall_movable", machine => machine.Counters.AllocStalls - (machine.Counters.AllocStalls / 8));
        if (device) file.Zeros("allocstall_device");
        file.Zeros("pgskip_dma pgskip_dma32 pgskip_normal pgskip_movable");
        if (device) file.Zeros("pgskip_device");
        file.Add("pgfree", machine => machine.Counters.Freed)
            .Add("pgactivate", machine => machine.Counters.ActivatedAnon + machine.Counters.ActivatedFile)
            .Zeros("pgdeactivate pglazyfree")
            .Add("pgfault", machine => machine.Counters.PagesFaulted)
            .Add("pgmajfault", machine => machine.Counters.MajorFaults)
            .Zeros("pglazyfreed pgrefill pgreuse");
    }

    private static void AddReclaim(FlatFile<SimulatedMachine> file, KernelProfile profile)
    {
        var release = profile.Release;
        var proactive = profile.ProactiveStat;
        file.Add("pgsteal_kswapd", machine => machine.Counters.StolenKswapd)
            .Add("pgsteal_direct", machine => machine.Counters.StolenByTasks(proactive));
        if (release >= 606) file.Zeros("pgsteal_khugepaged");
        if (proactive) file.Add("pgsteal_proactive", machine => machine.Counters.StolenProactive);
        if (release is >= 601 and < 612) file.Zeros("pgdemote_kswapd pgdemote_direct");
        if (release is >= 606 and < 612) file.Zeros("pgdemote_khugepaged");
        file.Add("pgscan_kswapd", machine => machine.Counters.ScannedKswapd)
            .Add("pgscan_direct", machine => machine.Counters.ScannedByTasks(proactive));
        if (release >= 606) file.Zeros("pgscan_khugepaged");
        if (proactive) file.Add("pgscan_proactive", machine => machine.Counters.ScannedProactive);
        file.Zeros("pgscan_direct_throttle")
            .Add("pgscan_anon", machine => machine.Counters.ScannedAnon)
            .Add("pgscan_file", machine => machine.Counters.ScannedFile)
            .Add("pgsteal_anon", machine => machine.Counters.StolenAnon)
            .Add("pgsteal_file", machine => machine.Counters.StolenFile);
        if (release >= 612) file.Zeros("zone_reclaim_success");
        file.Zeros("""
            zone_reclaim_failed pginodesteal slabs_scanned kswapd_inodesteal kswapd_low_wmark_hit_quickly
            kswapd_high_wmark_hit_quickly pageoutrun pgrotated drop_pagecache drop_slab
            """).Add("oom_kill", machine => machine.Counters.OomKills);
    }

    private static void AddRest(FlatFile<SimulatedMachine> file, KernelProfile profile)
    {
        var release = profile.Release;
        file.Zeros("""
            numa_pte_updates numa_huge_pte_updates numa_hint_faults numa_hint_faults_local numa_pages_migrated
            pgmigrate_success pgmigrate_fail thp_migration_success thp_migration_fail thp_migration_split
            compact_migrate_scanned compact_free_scanned compact_isolated compact_stall compact_fail compact_success
            compact_daemon_wake compact_daemon_migrate_scanned compact_daemon_free_scanned
            htlb_buddy_alloc_success htlb_buddy_alloc_fail
            unevictable_pgs_culled unevictable_pgs_scanned unevictable_pgs_rescued unevictable_pgs_mlocked
            unevictable_pgs_munlocked unevictable_pgs_cleared unevictable_pgs_stranded
            thp_fault_alloc thp_fault_fallback thp_fault_fallback_charge thp_collapse_alloc thp_collapse_alloc_failed
            thp_file_alloc thp_file_fallback thp_file_fallback_charge thp_file_mapped
            thp_split_page thp_split_page_failed thp_deferred_split_page
            """);
        if (release >= 612) file.Zeros("thp_underused_split_page");
        file.Zeros("thp_split_pmd");
        if (release >= 601) file.Zeros("thp_scan_exceed_none_pte thp_scan_exceed_swap_pte thp_scan_exceed_share_pte");
        file.Zeros("""
            thp_split_pud thp_zero_page_alloc thp_zero_page_alloc_failed thp_swpout thp_swpout_fallback
            balloon_inflate balloon_deflate balloon_migrate swap_ra swap_ra_hit
            """);
        if (release < 601) return;
        if (release >= 612) file.Zeros("swpin_zero swpout_zero");
        file.Zeros("ksm_swpin_copy cow_ksm");
        if (profile.Zswap)
        {
            file.Add("zswpin", machine => machine.Counters.ZswapIn)
                .Add("zswpout", machine => machine.Counters.ZswapOut);
            if (release >= 612) file.Add("zswpwb", machine => machine.Counters.ZswapWrittenBack);
        }

        file.Zeros("direct_map_level2_splits direct_map_level3_splits");
        if (release >= 618) file.Zeros("direct_map_level2_collapses direct_map_level3_collapses");
    }
}
