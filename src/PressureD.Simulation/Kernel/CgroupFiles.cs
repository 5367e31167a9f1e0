using System;
using System.Collections.Generic;
using System.Globalization;
using PressureD.Core.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Pressure;

namespace PressureD.Simulation.Kernel;

/// <summary>Control files of cgroups, as the profile's kernel has them.</summary>
internal sealed class CgroupFiles
{
    private readonly SimulatedMachine _machine;
    private readonly FlatFile<SimulatedCgroup> _memoryStat;
    private readonly FlatFile<SimulatedCgroup> _cpuStat;
    private readonly Dictionary<string, CgroupFile> _files = new(StringComparer.Ordinal);

    public CgroupFiles(SimulatedMachine machine)
    {
        _machine = machine;
        _memoryStat = MemoryStatFile.Of(machine.Options.Profile);
        _cpuStat = CpuStat(machine.Options.Profile);
        AddCore();
        if (machine.Options.Profile.Psi) AddPressure();
        if (machine.Options.Profile.Cgroups != CgroupMode.Unified) return;
        AddLimits();
        AddMemory();
        AddPids();
        AddShares();
        Add("io.stat", true, IoStat);
    }

    /// <summary>A control file of a cgroup, or null when it has none of this name.</summary>
    public CgroupFile? Find(SimulatedCgroup cgroup, string name) =>
        _files.TryGetValue(name, out var file) && (file.OnRoot || !cgroup.IsRoot) ? file : null;

    private void Add(
        string name,
        bool onRoot,
        Action<SimulatedCgroup, ByteText>? render,
        Func<SimulatedCgroup, string, int>? write = null) =>
        _files.Add(name, new CgroupFile(name, onRoot, render, write));

    private void AddPids()
    {
        Add("pids.current", false, (cgroup, text) => text.Add(cgroup.PopulatedCount).Add("\n"u8));
        if (_machine.Options.Profile.Release >= 601)
            Add("pids.peak", false, (cgroup, text) => text.Add(cgroup.PopulatedPeak).Add("\n"u8));
        Add("pids.events", false, (cgroup, text) => text.Line("max"u8, cgroup.ForksRefused));
        if (_machine.Options.Profile.PidsEventsOfLimit)
            Add("pids.events.local", false, (cgroup, text) => text.Line("max"u8, cgroup.ForksRefusedHere));
        Add("pids.max", false, (cgroup, text) => Word(text, cgroup.PidsMax), (cgroup, value) =>
        {
            value = value.Trim();
            if (value != "max" && Integer(value) is not >= 0) return -Errno.EINVAL;
            cgroup.PidsMax = value;
            return 0;
        });
    }

    private void AddCore()
    {
        var unified = _machine.Options.Profile.Cgroups == CgroupMode.Unified;
        Add("cgroup.procs", true, Procs);
        Add("cgroup.max.depth", true, (_, text) => text.Add("max\n"u8));
        Add("cgroup.max.descendants", true, (_, text) => text.Add("max\n"u8));
        Add("cgroup.controllers", true, (_, text) => text.Add(unified ? "cpu io memory pids\n"u8 : "\n"u8));
        Add("cgroup.subtree_control", true, (_, text) => text.Add(unified ? "cpu io memory pids\n"u8 : "\n"u8));
        Add("cgroup.type", false, (_, text) => text.Add("domain\n"u8));
        Add("cgroup.stat", true, Stat);
        Add("cgroup.events", false, (cgroup, text) => text
            .Line("populated"u8, cgroup.Populated ? 1 : 0).Line("frozen"u8, cgroup.FrozenShown ? 1 : 0));
        Add("cgroup.freeze", false, (cgroup, text) => text.Add(cgroup.FreezeRequested ? "1\n"u8 : "0\n"u8), Freeze);
        if (_machine.Options.Profile.CgroupKill) Add("cgroup.kill", false, null, Kill);
        if (_machine.Options.Profile.Psi && _machine.Options.Profile.CgroupPressureSwitch)
            Add("cgroup.pressure", false, (_, text) => text.Add("1\n"u8));
        Add("cpu.stat", true, _cpuStat.Render);
    }

    private void AddPressure()
    {
        Add("memory.pressure", true, (cgroup, text) => HostFiles.Pressure(text, _machine, cgroup, PsiResource.Memory));
        Add("io.pressure", true, (cgroup, text) => HostFiles.Pressure(text, _machine, cgroup, PsiResource.Io));
        Add("cpu.pressure", true, (cgroup, text) => HostFiles.Pressure(text, _machine, cgroup, PsiResource.Cpu));
    }

    private void AddLimits()
    {
        Limit("memory.min", cgroup => cgroup.MinPages, (cgroup, pages) => cgroup.MinPages = pages);
        Limit("memory.low", cgroup => cgroup.LowPages, (cgroup, pages) => cgroup.LowPages = pages);
        Limit("memory.high", cgroup => cgroup.HighPages, LowerHigh);
        Limit("memory.max", cgroup => cgroup.MaxPages, (cgroup, pages) => cgroup.MaxPages = pages);
        Limit("memory.swap.max", cgroup => cgroup.SwapMaxPages, (cgroup, pages) => cgroup.SwapMaxPages = pages);
        Limit("memory.swap.high", cgroup => cgroup.SwapHighPages, (cgroup, pages) => cgroup.SwapHighPages = pages);
        if (_machine.Options.Profile.Zswap)
        {
            Limit("memory.zswap.max", cgroup => cgroup.ZswapMaxPages, (cgroup, pages) => cgroup.ZswapMaxPages = pages);
            Add("memory.zswap.current", false, (cgroup, text) => text.Add(cgroup.ZswapBytes).Add("\n"u8));
        }

        if (_machine.Options.Profile.ZswapWriteback)
            Add("memory.zswap.writeback", true,
                (cgroup, text) => text.Add(cgroup.ZswapWriteback ? "1\n"u8 : "0\n"u8), SetZswapWriteback);
        if (_machine.Options.Profile.MemoryPeak) Add("memory.reclaim", true, null, Reclaim);
        Add("memory.oom.group", false, (cgroup, text) => text.Add(cgroup.OomGroup ? "1\n"u8 : "0\n"u8), SetOomGroup);
    }

    private void AddShares()
    {
        Add("cpu.weight", false, (cgroup, text) => text.Add(cgroup.CpuWeight).Add("\n"u8), (cgroup, value) =>
        {
            if (Integer(value) is not { } weight) return -Errno.EINVAL;
            if (weight is < 1 or > 10_000) return -Errno.ERANGE;
            cgroup.CpuWeight = weight;
            return 0;
        });
        Add("cpu.max", false, (cgroup, text) => Word(text, cgroup.CpuMax), (cgroup, value) =>
        {
            cgroup.CpuMax = value.Trim();
            return 0;
        });
        Add(
            "io.weight",
            false,
            (cgroup, text) => text.Add("default "u8).Add(cgroup.IoWeight).Add("\n"u8),
            (cgroup, value) =>
            {
                var number = value.StartsWith("default ", StringComparison.Ordinal) ? value[8..] : value;
                if (Integer(number) is not (>= 1 and <= 10_000 and { } weight)) return -Errno.EINVAL;
                cgroup.IoWeight = weight;
                return 0;
            });
    }

    private static void Word(ByteText text, string word) =>
        text.Add(System.Text.Encoding.UTF8.GetBytes(word)).Add("\n"u8);

    private void LowerHigh(SimulatedCgroup cgroup, long pages)
    {
        cgroup.HighPages = pages;
        if (pages != SimulatedCgroup.NoLimit) _machine.ReclaimFrom(cgroup, cgroup.CurrentPages - pages, null);
    }

    // "BYTES" or "BYTES swappiness=N"; EAGAIN when not all of it was found.
    private int Reclaim(SimulatedCgroup cgroup, string value)
    {
        var parts = value.Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length is 0 or > 2 || ParseLimit(parts[0]) is not { } pages) return -Errno.EINVAL;
        int? swappiness = null;
        if (parts.Length == 2)
        {
            const string key = "swappiness=";
            var known = _machine.Options.Profile.ReclaimSwappiness
                && parts[1].StartsWith(key, StringComparison.Ordinal);
            if (!known || Integer(parts[1][key.Length..]) is not (>= 0 and <= 200 and { } number)) return -Errno.EINVAL;
            swappiness = number;
        }

        var found = _machine.Options.IsReplayed || _machine.ReclaimFrom(cgroup, pages, swappiness, onRequest: true);
        return found ? 0 : -Errno.EAGAIN;
    }

    private static int SetZswapWriteback(SimulatedCgroup cgroup, string value)
    {
        if (Integer(value) is not (0 or 1)) return -Errno.EINVAL;
        cgroup.ZswapWriteback = Integer(value) == 1;
        return 0;
    }

    private static int SetOomGroup(SimulatedCgroup cgroup, string value)
    {
        if (Integer(value) is not (0 or 1)) return -Errno.EINVAL;
        cgroup.OomGroup = Integer(value) == 1;
        return 0;
    }

    private void AddMemory()
    {
        Add("memory.current", false, (cgroup, text) => Bytes(text, cgroup.CurrentPages));
        Add("memory.swap.current", false, (cgroup, text) => Bytes(text, cgroup.SwapPages));
        if (_machine.Options.Profile.MemoryPeak)
            Add("memory.peak", false, (cgroup, text) => Bytes(text, cgroup.PeakPages));
        if (_machine.Options.Profile.SwapPeak)
            Add("memory.swap.peak", false, (cgroup, text) => Bytes(text, cgroup.SwapPeakPages));
        Add("memory.events", false, (cgroup, text) => Events(text, cgroup.Events));
        Add("memory.events.local", false, (cgroup, text) => Events(text, cgroup.LocalEvents));
        Add("memory.swap.events", false, (cgroup, text) => text.Line("high"u8, cgroup.SwapEvents.High)
            .Line("max"u8, cgroup.SwapEvents.Max).Line("fail"u8, cgroup.SwapEvents.Fail));
        Add("memory.stat", true, _memoryStat.Render);
    }

    private void Limit(string name, Func<SimulatedCgroup, long> get, Action<SimulatedCgroup, long> set) => Add(
        name,
        false,
        (cgroup, text) =>
        {
            if (get(cgroup) == SimulatedCgroup.NoLimit) text.Add("max\n"u8);
            else Bytes(text, get(cgroup));
        },
        (cgroup, value) =>
        {
            if (ParseLimit(value) is not { } pages) return -Errno.EINVAL;
            set(cgroup, pages);
            return 0;
        });

    /// <summary>"max", or a number of bytes with an optional K, M, G or T, rounded down to pages.</summary>
    internal static long? ParseLimit(string value)
    {
        value = value.Trim();
        if (value == "max") return SimulatedCgroup.NoLimit;
        if (value.Length == 0) return null;
        var shift = char.ToUpperInvariant(value[^1]) switch { 'K' => 10, 'M' => 20, 'G' => 30, 'T' => 40, _ => 0 };
        var digits = shift == 0 ? value : value[..^1];
        if (!ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
        var pages = (number << shift) / Pages.Bytes;
        return pages >= long.MaxValue / Pages.Bytes ? SimulatedCgroup.NoLimit : (long)pages;
    }

    private static void Bytes(ByteText text, long pages) => text.Add(pages * Pages.Bytes).Add("\n"u8);

    private static int? Integer(string value) =>
        int.TryParse(value.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number : null;

    private int Freeze(SimulatedCgroup cgroup, string value)
    {
        if (Integer(value) is not { } number) return -Errno.EINVAL;
        if (number is < 0 or > 1) return -Errno.ERANGE;
        _machine.Freeze(cgroup, number == 1);
        return 0;
    }

    private int Kill(SimulatedCgroup cgroup, string value)
    {
        if (Integer(value) is not { } number) return -Errno.EINVAL;
        if (number != 1) return -Errno.ERANGE;
        _machine.KillCgroup(cgroup);
        return 0;
    }

    private static void Procs(SimulatedCgroup cgroup, ByteText text)
    {
        foreach (var process in cgroup.Processes) text.Add(process.Pid).Add("\n"u8);
    }

    private void Stat(SimulatedCgroup cgroup, ByteText text)
    {
        var below = Descendants(cgroup);
        text.Line("nr_descendants"u8, below);
        if (!_machine.Options.Profile.SubsystemStat)
        {
            text.Line("nr_dying_descendants"u8, 0);
            return;
        }

        text.Line("nr_subsys_cpu"u8, below + 1).Line("nr_subsys_io"u8, below + 1)
            .Line("nr_subsys_memory"u8, below + 1).Line("nr_subsys_perf_event"u8, below + 1)
            .Line("nr_subsys_pids"u8, below + 1).Line("nr_dying_descendants"u8, 0)
            .Line("nr_dying_subsys_cpu"u8, 0).Line("nr_dying_subsys_io"u8, 0)
            .Line("nr_dying_subsys_memory"u8, 0).Line("nr_dying_subsys_perf_event"u8, 0)
            .Line("nr_dying_subsys_pids"u8, 0);
    }

    private static long Descendants(SimulatedCgroup cgroup)
    {
        long count = 0;
        foreach (var child in cgroup.Children) count += 1 + Descendants(child);
        return count;
    }

    private void Events(ByteText text, MemoryEvents events)
    {
        text.Line("low"u8, events.Low).Line("high"u8, events.High).Line("max"u8, events.Max)
            .Line("oom"u8, events.Oom).Line("oom_kill"u8, events.OomKill);
        if (_machine.Options.Profile.OomGroupKillEvent) text.Line("oom_group_kill"u8, events.OomGroupKill);
    }

    // The last keys are the cpu controller's, which elsewhere than on a unified hierarchy is with version 1.
    private static FlatFile<SimulatedCgroup> CpuStat(KernelProfile profile)
    {
        var file = new FlatFile<SimulatedCgroup>()
            .Add("usage_usec", cgroup => cgroup.CpuNsec / 1000)
            .Add("user_usec", cgroup => (cgroup.CpuNsec / 1000) - (cgroup.CpuKernelNsec / 1000))
            .Add("system_usec", cgroup => cgroup.CpuKernelNsec / 1000);
        if (profile.Release >= 618) file.Zeros("nice_usec");
        if (profile.Cgroups != CgroupMode.Unified) return file.End();
        file.Zeros("nr_periods nr_throttled throttled_usec");
        if (profile.Release >= 601) file.Zeros("nr_bursts burst_usec");
        return file.End();
    }

    // A device has a line from the first use on.
    private static void IoStat(SimulatedCgroup cgroup, ByteText text)
    {
        if (cgroup.DiskReads + cgroup.DiskReadPages + cgroup.DiskWrites == 0) return;
        text.Add(HostFiles.DiskNumber).Add(" rbytes="u8).Add(cgroup.DiskReadPages * Pages.Bytes)
            .Add(" wbytes="u8).Add(cgroup.DiskWrittenPages * Pages.Bytes)
            .Add(" rios="u8).Add(cgroup.DiskReads).Add(" wios="u8).Add(cgroup.DiskWrites)
            .Add(" dbytes=0 dios=0\n"u8);
    }
}
