using System;
using System.Collections.Generic;
using PressureD.Core.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Pressure;

namespace PressureD.Simulation.Kernel;

/// <summary>Files of the machine as a whole, as /proc shows them.</summary>
internal sealed class HostFiles
{
    /// <summary>The disk's, as io.stat names it.</summary>
    public const string DiskNumber = "254:0";

    private readonly SimulatedMachine _machine;
    private readonly FlatFile<SimulatedMachine> _vmStat;
    private readonly Dictionary<string, Action<ByteText>> _files = new(StringComparer.Ordinal);

    public HostFiles(SimulatedMachine machine)
    {
        _machine = machine;
        _vmStat = VmStatFile.Of(machine.Options.Profile);
        _files["/proc/meminfo"] = MemInfo;
        _files["/proc/vmstat"] = text => _vmStat.Render(machine, text);
        _files["/proc/swaps"] = Swaps;
        _files["/proc/sys/kernel/random/boot_id"] = BootId;
        _files["/proc/sys/vm/swappiness"] = text => text.Add(machine.Swappiness).Add("\n"u8);
        _files["/proc/sys/vm/overcommit_memory"] = text => text.Add("0\n"u8);
        _files["/proc/uptime"] = Uptime;
        _files[$"/sys/dev/block/{DiskNumber}/queue/rotational"] = text => text.Add("0\n"u8);
        foreach (var device in machine.SwapDevices)
            if (device.Options.Zram is { } zram)
                _files[$"/sys/block/{device.Options.Name[5..]}/mm_stat"] = text => ZramStat(text, device, zram);
        if (machine.Options.Profile.Zswap) AddZswap();
        if (machine.Options.Profile.MultiGenerationalLru)
            _files["/sys/kernel/mm/lru_gen/enabled"] = text => text.Add("0x0007\n"u8);
        if (!machine.Options.Profile.Psi) return;
        _files["/proc/pressure/memory"] = text => Pressure(text, machine, machine.Root, PsiResource.Memory);
        _files["/proc/pressure/io"] = text => Pressure(text, machine, machine.Root, PsiResource.Io);
        _files["/proc/pressure/cpu"] = text => Pressure(text, machine, machine.Root, PsiResource.Cpu);
    }

    /// <summary>How a file is rendered, or null when there is none of this path.</summary>
    public Action<ByteText>? Find(string path) => _files.GetValueOrDefault(path);

    private void AddZswap()
    {
        const string directory = "/sys/module/zswap/parameters/";
        var options = _machine.Options.Zswap ?? new ZswapOptions();
        _files[directory + "enabled"] = text => text.Add(_machine.Zswap is null ? "N\n"u8 : "Y\n"u8);
        _files[directory + "max_pool_percent"] = text => text.Add(options.MaxPoolPercent).Add("\n"u8);
        _files[directory + "accept_threshold_percent"] = text => text.Add(options.AcceptPercent).Add("\n"u8);
        _files[directory + "compressor"] = text => text.Add("lzo\n"u8);
        if (_machine.Options.Profile.ZswapWriteback)
            _files[directory + "shrinker_enabled"] = text => text.Add("N\n"u8);
    }

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
        if (resource != PsiResource.Cpu || machine.Options.Profile.CpuFull)
            PressureLine(text, "full"u8, cgroup.Pressure.Averages(full), cgroup.Pressure.TotalNsec(full));
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
        if (machine.Options.Profile is { Zswap: true, Release: >= 601 })
        {
            KiB(text, "Zswap:          "u8, machine.ZswapPages);
            KiB(text, "Zswapped:       "u8, machine.ZswappedPages);
        }

        KiB(text, "Dirty:          "u8, machine.DirtyPages);
        KiB(text, "Writeback:      "u8, machine.Root.WritebackPages);
        KiB(text, "AnonPages:      "u8, machine.AnonPages);
        KiB(text, "Mapped:         "u8, file / 4);
        KiB(text, "Shmem:          "u8, machine.ShmemPages);
        KiB(text, "KReclaimable:   "u8, machine.ReclaimableSlabPages);
        KiB(text, "Slab:           "u8, machine.ReclaimableSlabPages + (machine.KernelPages / 2));
        KiB(text, "SReclaimable:   "u8, machine.ReclaimableSlabPages);
        KiB(text, "SUnreclaim:     "u8, machine.KernelPages / 2);
        text.Add("KernelStack:    "u8).Add(machine.KernelStackKiB, 8).Add(" kB\n"u8);
        KiB(text, "PageTables:     "u8, machine.PageTablePages);
        var profile = machine.Options.Profile;
        if (profile.Release >= 601) KiB(text, "SecPageTables:  "u8, 0);
        KiB(text, "NFS_Unstable:   "u8, 0);
        KiB(text, "Bounce:         "u8, 0);
        KiB(text, "WritebackTmp:   "u8, 0);
        KiB(text, "CommitLimit:    "u8, (machine.RamPages / 2) + swapTotal);
        KiB(text, "Committed_AS:   "u8, machine.AnonPages + machine.ShmemPages + swapTotal - machine.SwapFreePages);
        text.Add("VmallocTotal:   34359738367 kB\n"u8);
        KiB(text, "VmallocUsed:    "u8, 4096);
        KiB(text, "VmallocChunk:   "u8, 0);
        KiB(text, "Percpu:         "u8, 128 * machine.Options.Cpus);
        if (profile.MemoryFailure) text.Add("HardwareCorrupted:     0 kB\n"u8);
        text.Add("AnonHugePages:         0 kB\nShmemHugePages:        0 kB\n"u8);
        text.Add("ShmemPmdMapped:        0 kB\nFileHugePages:         0 kB\nFilePmdMapped:         0 kB\n"u8);
        if (profile.UnacceptedMemory) text.Add("Unaccepted:            0 kB\n"u8);
        if (profile.Release >= 618) text.Add("Balloon:               0 kB\n"u8);
        text.Add("HugePages_Total:       0\nHugePages_Free:        0\nHugePages_Rsvd:        0\n"u8);
        text.Add("HugePages_Surp:        0\nHugepagesize:       2048 kB\nHugetlb:               0 kB\n"u8);
        KiB(text, "DirectMap4k:    "u8, machine.RamPages);
        text.Add("DirectMap2M:           0 kB\nDirectMap1G:           0 kB\n"u8);
    }

    private static void KiB(ByteText text, ReadOnlySpan<byte> label, long pages) =>
        text.Add(label).Add(Pages.ToKiB(pages), 8).Add(" kB\n"u8);

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
