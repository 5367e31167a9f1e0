using System;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Kernel;

/// <summary>memory.stat of a cgroup: state in bytes, then events since it was made.</summary>
internal static class MemoryStatFile
{
    public static FlatFile<SimulatedCgroup> Of(KernelProfile profile)
    {
        var file = new FlatFile<SimulatedCgroup>();
        AddState(file, profile);
        AddWorkingSet(file, profile.Release);
        if (profile.Release < 601) AddOldEvents(file);
        else AddEvents(file, profile);
        return file.End();
    }

    private static void AddState(FlatFile<SimulatedCgroup> file, KernelProfile profile)
    {
        var release = profile.Release;
        Bytes("anon", cgroup => cgroup.AnonPages);
        Bytes("file", cgroup => cgroup.FilePages);
        if (release >= 601)
            Bytes("kernel", cgroup => cgroup.ChargedPageTablePages + cgroup.StackPages + cgroup.ZswapPoolPages);
        Bytes("kernel_stack", cgroup => cgroup.StackPages);
        if (release >= 601) Bytes("pagetables", cgroup => cgroup.ChargedPageTablePages).Zeros("sec_pagetables");
        file.Zeros("percpu sock");
        if (release >= 601) file.Zeros("vmalloc");
        Bytes("shmem", cgroup => cgroup.ShmemPages);
        if (profile.Zswap)
        {
            file.Add("zswap", cgroup => cgroup.ZswapBytes);
            Bytes("zswapped", cgroup => cgroup.ZswappedPages);
        }

        Bytes("file_mapped", cgroup => cgroup.FileLruPages / 4);
        Bytes("file_dirty", cgroup => cgroup.DirtyPages);
        Bytes("file_writeback", cgroup => cgroup.WritebackPages);
        if (release >= 601) Bytes("swapcached", cgroup => cgroup.SwapCachedPages);
        file.Zeros("anon_thp");
        if (release >= 601) file.Zeros("file_thp shmem_thp");
        Bytes("inactive_anon", cgroup => cgroup.AnonLruPages - (cgroup.AnonLruPages / 2));
        Bytes("active_anon", cgroup => cgroup.AnonLruPages / 2);
        Bytes("inactive_file", cgroup => cgroup.FileLruPages - (cgroup.FileLruPages / 2));
        Bytes("active_file", cgroup => cgroup.FileLruPages / 2);
        Bytes("unevictable", cgroup => cgroup.LockedPages);
        file.Zeros("slab_reclaimable slab_unreclaimable slab");

        FlatFile<SimulatedCgroup> Bytes(string key, Func<SimulatedCgroup, long> pages) =>
            file.Add(key, cgroup => pages(cgroup) * Pages.Bytes);
    }

    private static void AddWorkingSet(FlatFile<SimulatedCgroup> file, int release)
    {
        file.Add("workingset_refault_anon", cgroup => cgroup.Counters.RefaultedAnon)
            .Add("workingset_refault_file", cgroup => cgroup.Counters.RefaultedFile)
            .Add("workingset_activate_anon", cgroup => cgroup.Counters.ActivatedAnon)
            .Add("workingset_activate_file", cgroup => cgroup.Counters.ActivatedFile)
            .Add("workingset_restore_anon", cgroup => cgroup.Counters.RestoredAnon)
            .Add("workingset_restore_file", cgroup => cgroup.Counters.RestoredFile)
            .Zeros("workingset_nodereclaim");
        if (release >= 612) file.Zeros("pgdemote_kswapd pgdemote_direct pgdemote_khugepaged");
        if (release >= 618) file.Zeros("pgdemote_proactive");
        if (release >= 612) file.Zeros("pgpromote_success");
    }

    // In 5.10 reclaim comes after the faults, and without its parts.
    private static void AddOldEvents(FlatFile<SimulatedCgroup> file)
    {
        AddFaults(file);
        file.Zeros("pgrefill");
        AddReclaimed(file);
        AddLists(file);
        file.Zeros("thp_fault_alloc thp_collapse_alloc");
    }

    private static void AddEvents(FlatFile<SimulatedCgroup> file, KernelProfile profile)
    {
        var release = profile.Release;
        var proactive = profile.ProactiveStat;
        AddReclaimed(file);
        if (release >= 618)
        {
            file.Add("pswpin", cgroup => cgroup.Counters.SwappedIn)
                .Add("pswpout", cgroup => cgroup.Counters.SwappedOut);
        }

        file.Add("pgscan_kswapd", cgroup => cgroup.Counters.ScannedKswapd)
            .Add("pgscan_direct", cgroup => cgroup.Counters.ScannedByTasks(proactive));
        if (release >= 606) file.Zeros("pgscan_khugepaged");
        if (proactive) file.Add("pgscan_proactive", cgroup => cgroup.Counters.ScannedProactive);
        file.Add("pgsteal_kswapd", cgroup => cgroup.Counters.StolenKswapd)
            .Add("pgsteal_direct", cgroup => cgroup.Counters.StolenByTasks(proactive));
        if (release >= 606) file.Zeros("pgsteal_khugepaged");
        if (proactive) file.Add("pgsteal_proactive", cgroup => cgroup.Counters.StolenProactive);
        AddFaults(file);
        file.Zeros("pgrefill");
        AddLists(file);
        if (release >= 612) file.Zeros("swpin_zero swpout_zero");
        if (profile.Zswap)
        {
            file.Add("zswpin", cgroup => cgroup.Counters.ZswapIn)
                .Add("zswpout", cgroup => cgroup.Counters.ZswapOut);
            if (release >= 612) file.Add("zswpwb", cgroup => cgroup.Counters.ZswapWrittenBack);
        }

        file.Zeros("thp_fault_alloc thp_collapse_alloc");
        if (release >= 612)
            file.Zeros("thp_swpout thp_swpout_fallback numa_pages_migrated numa_pte_updates numa_hint_faults");
    }

    private static void AddReclaimed(FlatFile<SimulatedCgroup> file) => file
        .Add("pgscan", cgroup => cgroup.Counters.ScannedKswapd + cgroup.Counters.ScannedByTasks(false))
        .Add("pgsteal", cgroup => cgroup.Counters.StolenKswapd + cgroup.Counters.StolenByTasks(false));

    private static void AddFaults(FlatFile<SimulatedCgroup> file) => file
        .Add("pgfault", cgroup => cgroup.Counters.PagesFaulted)
        .Add("pgmajfault", cgroup => cgroup.Counters.MajorFaults);

    private static void AddLists(FlatFile<SimulatedCgroup> file) => file
        .Add("pgactivate", cgroup => cgroup.Counters.ActivatedAnon + cgroup.Counters.ActivatedFile)
        .Zeros("pgdeactivate pglazyfree pglazyfreed");
}
