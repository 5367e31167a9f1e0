using System;
using System.Collections.Generic;
using System.Linq;
using PressureD.Core.Policy;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>
/// Every metric there is, of the machine and of a cgroup: a rule fires at the step at which the kernel's file says more
/// than the limit, and not before, while it says the limit itself. Files and keys are named here as the kernel names
/// them, not as the product's own table does. A metric without a case fails.
/// </summary>
public sealed class EveryMetricTests
{
    private const string Root = "/sys/fs/cgroup/";
    private const string Job = Root + "job/";
    private const double ChangeSeconds = 4;

    /// <summary>No file says these; each has a test of its own below.</summary>
    private static readonly string[] OwnTest = ["self.lateness", "time_to_exhaustion"];

    /// <summary>The kernel counts since boot: these are read once a second, so that rates are over as long.</summary>
    private const long VmstatIntervalUsec = 1_000_000;

    private static readonly Dictionary<string, string> Meminfo = new()
    {
        ["mem.total"] = "MemTotal", ["mem.free"] = "MemFree", ["mem.available"] = "MemAvailable",
        ["mem.buffers"] = "Buffers", ["mem.cached"] = "Cached", ["mem.active"] = "Active",
        ["mem.inactive"] = "Inactive", ["mem.active_anon"] = "Active(anon)", ["mem.inactive_anon"] = "Inactive(anon)",
        ["mem.active_file"] = "Active(file)", ["mem.inactive_file"] = "Inactive(file)",
        ["mem.unevictable"] = "Unevictable", ["mem.mlocked"] = "Mlocked", ["mem.dirty"] = "Dirty",
        ["mem.writeback"] = "Writeback", ["mem.anon"] = "AnonPages", ["mem.mapped"] = "Mapped",
        ["mem.shmem"] = "Shmem", ["mem.kernel_reclaimable"] = "KReclaimable", ["mem.slab"] = "Slab",
        ["mem.slab_reclaimable"] = "SReclaimable", ["mem.slab_unreclaimable"] = "SUnreclaim",
        ["mem.kernel_stack"] = "KernelStack", ["mem.page_tables"] = "PageTables",
        ["mem.secondary_page_tables"] = "SecPageTables", ["mem.percpu"] = "Percpu",
        ["mem.vmalloc_used"] = "VmallocUsed", ["mem.hardware_corrupted"] = "HardwareCorrupted",
        ["mem.anon_huge"] = "AnonHugePages", ["mem.shmem_huge"] = "ShmemHugePages",
        ["mem.file_huge"] = "FileHugePages", ["mem.hugetlb"] = "Hugetlb", ["mem.committed"] = "Committed_AS",
        ["mem.commit_limit"] = "CommitLimit", ["swap.total"] = "SwapTotal", ["swap.free"] = "SwapFree",
        ["swap.cached"] = "SwapCached", ["zswap.pool"] = "Zswap", ["zswap.stored"] = "Zswapped",
        ["memory.stat.anon"] = "AnonPages", ["memory.stat.file"] = "Cached",
        ["memory.stat.kernel_stack"] = "KernelStack", ["memory.stat.pagetables"] = "PageTables",
        ["memory.stat.sec_pagetables"] = "SecPageTables", ["memory.stat.percpu"] = "Percpu",
        ["memory.stat.vmalloc"] = "VmallocUsed", ["memory.stat.shmem"] = "Shmem", ["memory.stat.zswap"] = "Zswap",
        ["memory.stat.zswapped"] = "Zswapped", ["memory.stat.file_mapped"] = "Mapped",
        ["memory.stat.file_dirty"] = "Dirty", ["memory.stat.file_writeback"] = "Writeback",
        ["memory.stat.swapcached"] = "SwapCached", ["memory.stat.anon_thp"] = "AnonHugePages",
        ["memory.stat.file_thp"] = "FileHugePages", ["memory.stat.shmem_thp"] = "ShmemHugePages",
        ["memory.stat.inactive_anon"] = "Inactive(anon)", ["memory.stat.active_anon"] = "Active(anon)",
        ["memory.stat.inactive_file"] = "Inactive(file)", ["memory.stat.active_file"] = "Active(file)",
        ["memory.stat.unevictable"] = "Unevictable", ["memory.stat.slab_reclaimable"] = "SReclaimable",
        ["memory.stat.slab_unreclaimable"] = "SUnreclaim", ["memory.stat.slab"] = "Slab",
        ["memory.stat.hugetlb"] = "Hugetlb",
    };

    /// <summary>Of several counters one moves; the others stand at 0.</summary>
    private static readonly Dictionary<string, string[]> Vmstat = new()
    {
        ["vm.swap_in"] = ["pswpin"], ["vm.swap_out"] = ["pswpout"], ["vm.zswap_in"] = ["zswpin"],
        ["vm.zswap_out"] = ["zswpout"], ["vm.zswap_writeback"] = ["zswpwb"], ["vm.faults"] = ["pgfault"],
        ["vm.major_faults"] = ["pgmajfault"], ["vm.scan"] = ["pgscan_direct", "pgscan_kswapd"],
        ["vm.scan_kswapd"] = ["pgscan_kswapd"], ["vm.scan_direct"] = ["pgscan_direct"],
        ["vm.steal"] = ["pgsteal_direct", "pgsteal_kswapd"], ["vm.steal_kswapd"] = ["pgsteal_kswapd"],
        ["vm.steal_direct"] = ["pgsteal_direct"], ["vm.refault_file"] = ["workingset_refault_file"],
        ["vm.refault_anon"] = ["workingset_refault_anon"], ["vm.restore_file"] = ["workingset_restore_file"],
        ["vm.restore_anon"] = ["workingset_restore_anon"],
        ["vm.alloc_stalls"] = ["allocstall_device", "allocstall_dma", "allocstall_dma32", "allocstall_normal", "allocstall_movable"],
        ["vm.compact_stalls"] = ["compact_stall"], ["vm.compact_fails"] = ["compact_fail"],
        ["vm.thp_fallbacks"] = ["thp_fault_fallback"], ["vm.oom_kills"] = ["oom_kill"],
        ["memory.stat.pgscan"] = ["pgscan_khugepaged", "pgscan_kswapd", "pgscan_direct", "pgscan_proactive"],
        ["memory.stat.pgsteal"] = ["pgsteal_khugepaged", "pgsteal_kswapd", "pgsteal_direct", "pgsteal_proactive"],
    };

    public static TheoryData<string, bool> Metrics()
    {
        var rows = new TheoryData<string, bool>();
        foreach (Metric metric in MetricCatalog.All)
        {
            if (OwnTest.Contains(metric.Name))
                continue;
            if (metric.Scope != MetricScope.Cgroup)
                rows.Add(metric.Name, true);
            if (metric.Scope != MetricScope.Host)
                rows.Add(metric.Name, false);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Metrics))]
    public void Fires_at_the_step_at_which_its_file_says_more(string name, bool ofMachine)
    {
        Turn turn = TurnOf(name, ofMachine);
        using var scene = new Scene($$"""
            rules:
              - name: r
                {{(ofMachine ? "" : "for-each: job")}}
                when: {{name}} {{turn.Limit}}
                then: [ { notify: low } ]
            """, new MachineOptions { RamBytes = 1L << 30 });
        scene.Start("a", "/job", 1);
        turn.Before(scene);
        scene.At(ChangeSeconds, () => turn.After(scene));
        scene.Run(8);
        long changed = scene.StepAt(ChangeSeconds);

        // Steps are noted in ticks of the machine, which are 10 ms.
        Assert.True(
            scene.Fired("r") is [var only] && only - changed is >= 0 and var late
                && late < (turn.IsVmstat ? VmstatIntervalUsec + 10_000 : 10_000),
            $"expected {changed}\n{scene.Text}");
    }

    [Fact]
    public void Lateness_is_that_of_the_step()
    {
        using var scene = new Scene("rules: [ { name: r, when: self.lateness > 1s, then: [ { notify: low } ] } ]");
        scene.Run(4);
        scene.Machine.Advance(2_500_000);
        scene.Step();
        long late = scene.Steps[^1];
        scene.Run(9);
        Assert.True(scene.Fired("r") is [var only] && only - late is >= 0 and < 10_000, scene.Text);
    }

    [Fact]
    public void Time_to_exhaustion_is_what_is_left_over_the_speed_at_which_it_goes()
    {
        // 900 MiB at 100 MiB a second last for nine seconds: for less than five when more than four have passed.
        using var scene = new Scene("""
            rules:
              - { name: r, when: time_to_exhaustion < 4995ms, then: [ { notify: low } ] }
            """);
        for (int i = 0; i < 800; i++)
        {
            long kib = (900 - i) * 1024;
            scene.At(i / 100.0, () => scene.Files.SetKey("/proc/meminfo", "MemAvailable", $"{kib} kB"));
        }

        scene.Run(7);
        long expected = scene.StepAt(4.01);
        Assert.True(scene.Fired("r") is [var only] && only - expected is >= 0 and < 10_000, $"{expected}\n{scene.Text}");
    }

    private static Turn TurnOf(string name, bool ofMachine)
    {
        if (ofMachine && Meminfo.TryGetValue(name, out string? key))
            return Of("> 4096B", (scene, more) => scene.Files.SetKey("/proc/meminfo", key, more ? "5 kB" : "4 kB"));
        if (name.StartsWith("vm.", StringComparison.Ordinal))
            return VmstatTurn("> 100/s", Vmstat[name], 0, 500);
        if (ofMachine && name.StartsWith("memory.stat.", StringComparison.Ordinal))
            return VmstatTurn("> 100", Vmstat.GetValueOrDefault(name) ?? [name["memory.stat.".Length..]], 100, 101);
        if (name.StartsWith("psi.", StringComparison.Ordinal))
            return PressureTurn(name.Split('.'), ofMachine);

        string folder = ofMachine ? Root : Job;
        switch (name)
        {
            case "mem.available_user":
                return Of("< 10%", (scene, more) => scene.Available(more ? 99 : 100));
            case "mem.user_total":
                return Of("> 1000MiB", (scene, more) =>
                {
                    scene.Meminfo("MemAvailable", 500);
                    scene.Meminfo("AnonPages", more ? 501 : 500);
                });
            case "swap.used":
                return SwapTurn("> 100MiB", 900, 899);
            case "swap.effective":
                return SwapTurn("< 100MiB", 100, 99);
            case "zram.stored" or "zram.compressed" or "zram.used":
                return ZramTurn(name);
            case "arc.size" or "arc.reclaimable":
                return ArcTurn(name == "arc.size");
            case "memory.growth":
                return FileTurn("> 50MiB/s", Job + "memory.current", "10485760\n", "104857600\n");
            case "memory.low.effective" or "memory.min.effective":
                return FileTurn("> 1MiB", Job + name[..^".effective".Length], "1048576\n", "1048577\n", scene =>
                    scene.Files.Set(Job + "memory.current", "8388608\n"));
            case "io.cost":
                return FileTurn("> 512", folder + "io.stat", IoStat("wios", 1984), IoStat("wios", 1990), scene =>
                    scene.Files.Set("/sys/dev/block/8:0/queue/rotational", "1\n"));
            case "io.read" or "io.write":
                string bytes = name == "io.read" ? "rbytes" : "wbytes";
                return FileTurn("> 900KiB/s", folder + "io.stat", IoStat(bytes, 9), IoStat(bytes, 1 << 20));
            case "io.reads" or "io.writes":
                string operations = name == "io.reads" ? "rios" : "wios";
                return FileTurn("> 9/s", folder + "io.stat", IoStat(operations, 9), IoStat(operations, 29));
        }

        string last = name[(name.LastIndexOf('.') + 1)..];
        if (name.StartsWith("io.stat.", StringComparison.Ordinal))
            return FileTurn(Limit(name, 100), folder + "io.stat", IoStat(last, 100), IoStat(last, 101));
        string[] keyed =
        [
            "memory.stat", "memory.events.local", "memory.events", "memory.swap.events", "pids.events", "cgroup.stat",
            "cgroup.events", "cpu.stat",
        ];
        string file = name[..^(last.Length + 1)];
        if (keyed.Contains(file))
            return FileTurn(Limit(name, 100), folder + file, $"x 900\n{last} 100\ny 900\n", $"x 900\n{last} 101\n");
        Assert.False(ofMachine, $"no case for {name}");
        return FileTurn(Limit(name, 100), Job + name, "100\n", "101\n");
    }

    private static Turn Of(string limit, Action<Scene, bool> say) =>
        new(limit, scene => say(scene, false), scene => say(scene, true));

    private static Turn FileTurn(
        string limit, string path, string before, string after, Action<Scene>? beside = null) => Of(limit, (scene, more) =>
        {
            beside?.Invoke(scene);
            scene.Files.Set(path, more ? after : before);
        });

    private static Turn VmstatTurn(string limit, string[] keys, long before, long after) => Of(limit, (scene, more) =>
    {
        foreach (string key in keys)
            scene.Files.SetKey("/proc/vmstat", key, key == keys[0] ? $"{(more ? after : before)}" : "0");
    }) with
    {
        IsVmstat = true,
    };

    private static Turn SwapTurn(string limit, long free, long freeThen) => Of(limit, (scene, more) =>
    {
        scene.Meminfo("SwapTotal", 1000);
        scene.Meminfo("SwapFree", more ? freeThen : free);
    });

    private static Turn PressureTurn(string[] name, bool ofMachine)
    {
        (string resource, string kind, string field) = (name[1], name[2], name[3]);
        string path = ofMachine ? $"/proc/pressure/{resource}" : $"{Job}{resource}.pressure";
        string Line(string who, string value)
        {
            string Is(string what, string none) => $"{what}={(who == kind && what == field ? value : none)}";
            string total = who == kind && field is "total" or "stall" ? value : "0";
            return $"{who} {Is("avg10", "0.00")} {Is("avg60", "0.00")} {Is("avg300", "0.00")} total={total}\n";
        }

        string Lines(string value) => (resource == "irq" ? "" : Line("some", value)) + Line("full", value);
        (string limit, string before, string after) = field switch
        {
            "total" => ("> 5s", "5000000", "5000001"),
            "stall" => ("> 50%", "0", "900000"),
            _ => ("> 5%", "5.00", "5.01"),
        };
        return FileTurn(limit, path, Lines(before), Lines(after));
    }

    private static Turn ZramTurn(string name) => Of("> 100MiB", (scene, more) =>
    {
        scene.Meminfo("SwapTotal", 1000);
        scene.Meminfo("SwapFree", 400);
        scene.Files.Set(
            "/proc/swaps", "Filename Type Size Used Priority\n/dev/zram0 partition 1024000 614400 100\n");
        long Value(string which) => which == name ? (100 * Scene.MiB) + (more ? 4096 : 0) : Scene.MiB;
        scene.Files.Set(
            "/sys/block/zram0/mm_stat",
            $"{Value("zram.stored")} {Value("zram.compressed")} {Value("zram.used")} 0 0 0 0 0 0\n");
    });

    private static Turn ArcTurn(bool size) => Of("> 100MiB", (scene, more) => scene.Files.Set(
        "/proc/spl/kstat/zfs/arcstats",
        $"9 1 0x01\nname type data\nsize 4 {(size ? 100 : 150) * Scene.MiB + (more ? 1 : 0)}\nc_min 4 {50 * Scene.MiB}\n"));

    private static string IoStat(string key, long value)
    {
        long Is(string which) => which == key ? value : 0;
        return $"8:0 rbytes={Is("rbytes")} wbytes={Is("wbytes")} rios={Is("rios")} wios={Is("wios")} "
            + $"dbytes={Is("dbytes")} dios={Is("dios")}\n";
    }

    private static string Limit(string name, long value) => MetricCatalog.Get(name).Unit switch
    {
        MetricUnit.Bytes => $"> {value}B",
        MetricUnit.Duration => $"> {value / 1000.0}ms",
        _ => $"> {value}",
    };

    /// <summary>What a rule asks for, and what files say while it does not fire and when it does.</summary>
    private sealed record Turn(string Limit, Action<Scene> Before, Action<Scene> After)
    {
        public bool IsVmstat { get; init; }
    }
}
