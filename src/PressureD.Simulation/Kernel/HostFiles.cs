using System;
using System.Collections.Generic;
using PressureD.Core.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Pressure;

namespace PressureD.Simulation.Kernel;

/// <summary>Files of the machine as a whole, as /proc shows them.</summary>
internal sealed class HostFiles
{
    private readonly SimulatedMachine _machine;
    private readonly Dictionary<string, Action<ByteText>> _files = new(StringComparer.Ordinal);

    public HostFiles(SimulatedMachine machine)
    {
        _machine = machine;
        _files["/proc/meminfo"] = MemInfo;
        _files["/proc/vmstat"] = VmStat;
        _files["/proc/swaps"] = Swaps;
        _files["/proc/sys/kernel/random/boot_id"] = BootId;
        _files["/proc/sys/vm/swappiness"] = text => text.Add(machine.Swappiness).Add("\n"u8);
        _files["/proc/sys/vm/overcommit_memory"] = text => text.Add("0\n"u8);
        _files["/proc/uptime"] = Uptime;
        foreach (var device in machine.SwapDevices)
            if (device.Options.Zram is { } zram)
                _files[$"/sys/block/{device.Options.Name[5..]}/mm_stat"] = text => ZramStat(text, device, zram);
        if (machine.Options.Profile.MultiGenerationalLru)
            _files["/sys/kernel/mm/lru_gen/enabled"] = text => text.Add("0x0007\n"u8);
        if (!machine.Options.Profile.Psi) return;
        _files["/proc/pressure/memory"] = text => Pressure(text, machine, machine.Root, PsiResource.Memory);
        _files["/proc/pressure/io"] = text => Pressure(text, machine, machine.Root, PsiResource.Io);
        _files["/proc/pressure/cpu"] = text => Pressure(text, machine, machine.Root, PsiResource.Cpu);
    }

    /// <summary>How a file is rendered, or null when there is none of this path.</summary>
    public Action<ByteText>? Find(string path) => _files.GetValueOrDefault(path);

    /// <summary>Writes a file of the machine; 0 or a negative errno.</summary>
    public int Write(string path, string value)
    {
        switch (path)
        {
            case "/proc/sys/vm/swappiness":
                if (!int.TryParse(value, out var swappiness) || swappiness is < 0 or > 200) return -Errno.EINVAL;
                _machine.Swappiness = swappiness;
                return 0;
            case "/proc/sysrq-trigger":
                if (value == "f" && !_machine.Options.IsReplayed) _machine.OomKiller.Run(null);
                return 0;
            default:
                return _files.ContainsKey(path) ? -Errno.EACCES : -Errno.ENOENT;
        }
    }

    /// <summary>One pressure file, of the machine or of a cgroup.</summary>
    public static void Pressure(ByteText text, SimulatedMachine machine, SimulatedCgroup cgroup, PsiResource resource)
    {
        cgroup.Pressure.Read(machine.NowUsec * 1000);
        var (some, full) = resource switch
        {
            PsiResource.Memory => (PsiState.MemorySome, PsiState.MemoryFull),
            PsiResource.Io => (PsiState.IoSome, PsiState.IoFull),
            _ => (PsiState.CpuSome, PsiState.CpuFull),
        };
        PressureLine(text, "some"u8, cgroup.Pressure.Averages(some), cgroup.Pressure.TotalNsec(some));
        if (resource != PsiResource.Cpu)
            PressureLine(text, "full"u8, cgroup.Pressure.Averages(full), cgroup.Pressure.TotalNsec(full));
        else if (machine.Options.Profile.CpuFull)
            PressureLine(text, "full"u8, default, 0);
    }

    private static void PressureLine(ByteText text, ReadOnlySpan<byte> kind, PsiAverages averages, long totalNsec)
    {
        text.Add(kind);
        Average(text.Add(" avg10="u8), averages.Avg10);
        Average(text.Add(" avg60="u8), averages.Avg60);
        Average(text.Add(" avg300="u8), averages.Avg300);
        text.Add(" total="u8).Add(totalNsec / 1000).Add("\n"u8);
    }

    private static void Average(ByteText text, long average) =>
        text.Add(PsiAverages.Whole(average)).Add("."u8).AddZeros(PsiAverages.Hundredths(average), 2);

    private void MemInfo(ByteText text)
    {
        var machine = _machine;
        var file = machine.FileLruPages;
        var anon = machine.AnonLruPages;
        var swapTotal = machine.SwapTotalPages;
        KiB(text, "MemTotal:       "u8, machine.RamPages);
        KiB(text, "MemFree:        "u8, machine.FreePages);
        KiB(text, "MemAvailable:   "u8, machine.AvailablePages);
        KiB(text, "Buffers:        "u8, 0);
        KiB(text, "Cached:         "u8, machine.FilePages);
        KiB(text, "SwapCached:     "u8, machine.SwapCachedPages);
        KiB(text, "Active:         "u8, (anon / 2) + (file / 2));
        KiB(text, "Inactive:       "u8, anon - (anon / 2) + file - (file / 2));
        KiB(text, "Active(anon):   "u8, anon / 2);
        KiB(text, "Inactive(anon): "u8, anon - (anon / 2));
        KiB(text, "Active(file):   "u8, file / 2);
        KiB(text, "Inactive(file): "u8, file - (file / 2));
        KiB(text, "Unevictable:    "u8, machine.LockedPages);
        KiB(text, "Mlocked:        "u8, machine.LockedPages);
        KiB(text, "SwapTotal:      "u8, swapTotal);
        KiB(text, "SwapFree:       "u8, machine.SwapFreePages);
        KiB(text, "Dirty:          "u8, machine.DirtyPages);
        KiB(text, "Writeback:      "u8, machine.Root.WritebackPages);
        KiB(text, "AnonPages:      "u8, machine.AnonPages);
        KiB(text, "Mapped:         "u8, file / 4);
        KiB(text, "Shmem:          "u8, machine.ShmemPages);
        KiB(text, "KReclaimable:   "u8, machine.ReclaimableSlabPages);
        KiB(text, "Slab:           "u8, machine.ReclaimableSlabPages + (machine.KernelPages / 2));
        KiB(text, "SReclaimable:   "u8, machine.ReclaimableSlabPages);
        KiB(text, "SUnreclaim:     "u8, machine.KernelPages / 2);
        text.Add("KernelStack:    "u8).Add(machine.Processes.Count * 16L, 8).Add(" kB\n"u8);
        KiB(text, "PageTables:     "u8, machine.PageTablePages);
        if (machine.Options.Profile.KernelStat) KiB(text, "SecPageTables:  "u8, 0);
        KiB(text, "NFS_Unstable:   "u8, 0);
        KiB(text, "Bounce:         "u8, 0);
        KiB(text, "WritebackTmp:   "u8, 0);
        KiB(text, "CommitLimit:    "u8, (machine.RamPages / 2) + swapTotal);
        KiB(text, "Committed_AS:   "u8, machine.AnonPages + machine.ShmemPages + swapTotal - machine.SwapFreePages);
        text.Add("VmallocTotal:   34359738367 kB\n"u8);
        KiB(text, "VmallocUsed:    "u8, 4096);
        KiB(text, "VmallocChunk:   "u8, 0);
        KiB(text, "Percpu:         "u8, 128 * machine.Options.Cpus);
        text.Add("HardwareCorrupted:     0 kB\nAnonHugePages:         0 kB\nShmemHugePages:        0 kB\n"u8);
        text.Add("ShmemPmdMapped:        0 kB\nFileHugePages:         0 kB\nFilePmdMapped:         0 kB\n"u8);
        text.Add("HugePages_Total:       0\nHugePages_Free:        0\nHugePages_Rsvd:        0\n"u8);
        text.Add("HugePages_Surp:        0\nHugepagesize:       2048 kB\nHugetlb:               0 kB\n"u8);
        KiB(text, "DirectMap4k:    "u8, machine.RamPages);
    }

    private static void KiB(ByteText text, ReadOnlySpan<byte> label, long pages) =>
        text.Add(label).Add(Pages.ToKiB(pages), 8).Add(" kB\n"u8);

    private void VmStat(ByteText text)
    {
        var machine = _machine;
        var counters = machine.Counters;
        var file = machine.FileLruPages;
        var anon = machine.AnonLruPages;
        text.Line("nr_free_pages"u8, machine.FreePages)
            .Line("nr_zone_inactive_anon"u8, anon - (anon / 2)).Line("nr_zone_active_anon"u8, anon / 2)
            .Line("nr_zone_inactive_file"u8, file - (file / 2)).Line("nr_zone_active_file"u8, file / 2)
            .Line("nr_zone_unevictable"u8, machine.LockedPages)
            .Line("nr_zone_write_pending"u8, machine.DirtyPages + machine.Root.WritebackPages)
            .Line("nr_mlock"u8, machine.LockedPages).Line("nr_bounce"u8, 0).Line("nr_free_cma"u8, 0)
            .Line("nr_inactive_anon"u8, anon - (anon / 2)).Line("nr_active_anon"u8, anon / 2)
            .Line("nr_inactive_file"u8, file - (file / 2)).Line("nr_active_file"u8, file / 2)
            .Line("nr_unevictable"u8, machine.LockedPages)
            .Line("nr_slab_reclaimable"u8, machine.ReclaimableSlabPages)
            .Line("nr_slab_unreclaimable"u8, machine.KernelPages / 2)
            .Line("nr_isolated_anon"u8, 0).Line("nr_isolated_file"u8, 0).Line("workingset_nodes"u8, 0)
            .Line("workingset_refault_anon"u8, counters.RefaultedAnon)
            .Line("workingset_refault_file"u8, counters.RefaultedFile)
            .Line("workingset_activate_anon"u8, counters.ActivatedAnon)
            .Line("workingset_activate_file"u8, counters.ActivatedFile)
            .Line("workingset_restore_anon"u8, counters.RestoredAnon)
            .Line("workingset_restore_file"u8, counters.RestoredFile)
            .Line("workingset_nodereclaim"u8, 0)
            .Line("nr_anon_pages"u8, machine.AnonPages).Line("nr_mapped"u8, file / 4)
            .Line("nr_file_pages"u8, machine.FilePages).Line("nr_dirty"u8, machine.DirtyPages)
            .Line("nr_writeback"u8, machine.Root.WritebackPages).Line("nr_writeback_temp"u8, 0)
            .Line("nr_shmem"u8, machine.ShmemPages);
        VmEvents(text, counters);
    }

    private void VmEvents(ByteText text, VmCounters counters)
    {
        text.Line("nr_page_table_pages"u8, _machine.PageTablePages)
            .Line("pgpgin"u8, counters.ReadKiB).Line("pgpgout"u8, counters.WrittenKiB)
            .Line("pswpin"u8, counters.SwappedIn).Line("pswpout"u8, counters.SwappedOut)
            .Line("pgalloc_dma"u8, 0).Line("pgalloc_dma32"u8, counters.Allocated)
            .Line("pgalloc_normal"u8, 0).Line("pgalloc_movable"u8, 0)
            .Line("allocstall_dma"u8, 0).Line("allocstall_dma32"u8, 0)
            .Line("allocstall_normal"u8, counters.AllocStalls / 8)
            .Line("allocstall_movable"u8, counters.AllocStalls - (counters.AllocStalls / 8))
            .Line("pgfree"u8, counters.Freed).Line("pgactivate"u8, counters.ActivatedAnon + counters.ActivatedFile)
            .Line("pgdeactivate"u8, 0).Line("pglazyfree"u8, 0)
            .Line("pgfault"u8, counters.PagesFaulted).Line("pgmajfault"u8, counters.MajorFaults)
            .Line("pgsteal_kswapd"u8, counters.StolenKswapd).Line("pgsteal_direct"u8, counters.StolenDirect)
            .Line("pgscan_kswapd"u8, counters.ScannedKswapd).Line("pgscan_direct"u8, counters.ScannedDirect)
            .Line("pgscan_direct_throttle"u8, 0)
            .Line("pgscan_anon"u8, counters.ScannedAnon).Line("pgscan_file"u8, counters.ScannedFile)
            .Line("pgsteal_anon"u8, counters.StolenAnon).Line("pgsteal_file"u8, counters.StolenFile)
            .Line("oom_kill"u8, counters.OomKills);
    }

    private void Swaps(ByteText text)
    {
        text.Add("Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"u8);
        foreach (var device in _machine.SwapDevices)
        {
            var name = device.Options.Name;
            var size = Pages.ToKiB(device.TotalPages);
            var used = Pages.ToKiB(device.UsedPages);
            text.Add(name.Replace(" ", "\\040", StringComparison.Ordinal));
            for (var column = int.Min(name.Length, 39); column < 40; column++) text.Add(" "u8);
            text.Add(device.Options.File ? "file\t"u8 : "partition"u8).Add("\t"u8).Add(size);
            text.Add(size < 10_000_000 ? "\t\t"u8 : "\t"u8).Add(used).Add(used < 10_000_000 ? "\t\t"u8 : "\t"u8);
            text.Add(device.Options.Priority).Add("\n"u8);
        }
    }

    // Originals, compressed, taken, limit, most taken ever, equal pages, compacted, incompressible (now and ever).
    private static void ZramStat(ByteText text, SwapDevice device, ZramOptions zram)
    {
        var used = device.PoolPages * Pages.Bytes;
        var huge = device.UsedPages * zram.IncompressiblePermille / 1000;
        text.Add(device.UsedPages * Pages.Bytes, 8).Add(" "u8).Add(used, 8).Add(" "u8).Add(used, 8)
            .Add("        0 "u8).Add(used, 8).Add("        0        0 "u8).Add(huge, 8).Add(" "u8).Add(huge, 8)
            .Add("\n"u8);
    }

    private void Uptime(ByteText text)
    {
        var hundredths = _machine.NowUsec / 10_000;
        text.Add(hundredths / 100).Add("."u8).AddZeros(hundredths % 100, 2);
        text.Add(" "u8).Add(hundredths / 100).Add(".00\n"u8);
    }

    // A version 4 identifier, the same for the same seed.
    private void BootId(ByteText text)
    {
        var digits = new SeededSequence(_machine.Options.Seed, "boot id");
        for (var index = 0; index < 32; index++)
        {
            if (index is 8 or 12 or 16 or 20) text.Add("-"u8);
            var digit = index switch { 12 => 4, 16 => 8 + (int)digits.Below(4), _ => (int)digits.Below(16) };
            text.Add("0123456789abcdef"u8.Slice(digit, 1));
        }

        text.Add("\n"u8);
    }
}
