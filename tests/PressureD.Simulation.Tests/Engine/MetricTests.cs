using System.Linq;
using PressureD.Core.Policy;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>Where each family of metrics comes from: a rule fires at the step at which its file says so.</summary>
public sealed class MetricTests
{
    private const string Mount = "/sys/fs/cgroup/";

    [Theory]
    [InlineData("mem.slab_unreclaimable > 100MiB", "SUnreclaim", "300000 kB")]
    [InlineData("mem.active_file > 100MiB", "Active(file)", "300000 kB")]
    [InlineData("mem.committed > 90% of mem.commit_limit", "Committed_AS", "900000000 kB")]
    [InlineData("mem.user_total > 900GiB", "AnonPages", "960000000 kB")]
    [InlineData("zswap.pool > 100MiB", "Zswap", "300000 kB")]
    [InlineData("zswap.stored > 100MiB", "Zswapped", "300000 kB")]
    [InlineData("swap.cached > 100MiB", "SwapCached", "300000 kB")]
    [InlineData("memory.stat.slab > 900MiB", "Slab", "960000 kB")]
    [InlineData("memory.stat.inactive_file > 900MiB", "Inactive(file)", "960000 kB")]
    [InlineData("mem.hugetlb > 100MiB", "Hugetlb", "300000 kB")]
    public void Meminfo(string when, string key, string value)
    {
        using Scene scene = Host(when);
        scene.At(4, () => scene.Files.SetKey("/proc/meminfo", key, value));
        scene.Run(7);
        Fires(scene, scene.StepAt(4));
    }

    [Theory]
    [InlineData("vm.swap_out > 100/s", "pswpout")]
    [InlineData("vm.steal_direct > 100/s", "pgsteal_direct")]
    [InlineData("vm.scan > 100/s", "pgscan_kswapd")]
    [InlineData("vm.alloc_stalls > 100/s", "allocstall_movable")]
    [InlineData("vm.compact_stalls > 100/s", "compact_stall")]
    [InlineData("vm.restore_anon > 100/s", "workingset_restore_anon")]
    [InlineData("rate(memory.stat.pgsteal, 1s) > 100/s", "pgsteal_kswapd")]
    [InlineData("rate(memory.stat.pgmajfault, 1s) > 100/s", "pgmajfault")]
    public void Vmstat(string when, string key)
    {
        using Scene scene = Host(when);
        scene.Files.SetKey("/proc/vmstat", key, "0");
        scene.At(4, () => scene.Files.SetKey("/proc/vmstat", key, "50"));
        scene.At(6, () => scene.Files.SetKey("/proc/vmstat", key, "500"));
        scene.Run(9);

        // The kernel's counters are read once a second.
        Assert.InRange(Assert.Single(scene.Fired("r")), scene.StepAt(6), scene.StepAt(6) + 1_000_000);
    }

    [Theory]
    [InlineData("psi.irq.full.avg10 > 5%", "/proc/pressure/irq", "full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n", "full avg10=6.00 avg60=0.00 avg300=0.00 total=0\n")]
    [InlineData("psi.cpu.some.avg300 > 5%", "/proc/pressure/cpu", "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n", "some avg10=0.00 avg60=0.00 avg300=6.00 total=0\n")]
    [InlineData("psi.io.some.total > 5s", "/proc/pressure/io", "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n", "some avg10=0.00 avg60=0.00 avg300=0.00 total=6000000\n")]
    [InlineData("psi.memory.some.stall > 50%", "/proc/pressure/memory", "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n", "some avg10=0.00 avg60=0.00 avg300=0.00 total=600000\n")]
    [InlineData("arc.size > 3GiB", "/proc/spl/kstat/zfs/arcstats", "9 1 0x01\nname                            type data\nsize                            4    1073741824\nc_min                           4    536870912\n", "9 1 0x01\nname type data\nsize 4 4294967296\nc_min 4 536870912\n")]
    [InlineData("arc.reclaimable > 3GiB", "/proc/spl/kstat/zfs/arcstats", "x\nname type data\nc_min                           4    1073741824\nsize                            4    4294967296\n", "x\nname type data\nc_min 4 536870912\nsize 4 4294967296\n")]
    [InlineData("cgroup.stat.nr_dying_descendants > 3", Mount + "cgroup.stat", "nr_descendants 5\nnr_dying_descendants 3\n", "nr_descendants 5\nnr_dying_descendants 4\n")]
    [InlineData("io.stat.wbytes > 9KiB", Mount + "io.stat", "8:0 rbytes=0 wbytes=4096 rios=0 wios=1 dbytes=0 dios=0\n", "8:0 rbytes=0 wbytes=4096 rios=0 wios=1 dbytes=0 dios=0\n259:1 wbytes=8192\n252:0\n")]
    public void Host_files(string when, string path, string before, string after)
    {
        using Scene scene = Host(when);
        scene.Files.Set(path, before);
        scene.At(4, () => scene.Files.Set(path, after));
        scene.Run(7);
        Fires(scene, scene.StepAt(4));
    }

    [Theory]
    [InlineData("memory.peak > 9MiB", "memory.peak", "1048576\n", "10485760\n")]
    [InlineData("memory.min >= 9MiB", "memory.min", "0\n", "10485760\n")]
    [InlineData("memory.low < 9MiB", "memory.low", "max\n", "0\n")]
    [InlineData("memory.swap.current > 9MiB", "memory.swap.current", "0\n", "10485760\n")]
    [InlineData("memory.swap.high < 1GiB", "memory.swap.high", "max\n", "10485760\n")]
    [InlineData("memory.swap.max == 0B", "memory.swap.max", "max\n", "0\n")]
    [InlineData("memory.zswap.current > 9MiB", "memory.zswap.current", "0\n", "10485760\n")]
    [InlineData("memory.zswap.writeback == 0", "memory.zswap.writeback", "1\n", "0\n")]
    [InlineData("cgroup.stat.nr_dying_subsys_memory > 3", "cgroup.stat", "nr_descendants 9\nnr_subsys_memory 9\nnr_dying_descendants 9\nnr_dying_subsys_memory 3\n", "nr_descendants 9\nnr_subsys_memory 9\nnr_dying_descendants 9\nnr_dying_subsys_memory 4\n")]
    [InlineData("memory.oom.group == 1", "memory.oom.group", "0\n", "1\n")]
    [InlineData("pids.current >= 90% of pids.max", "pids.current", "80\n", "90\n")]
    [InlineData("pids.peak > 100", "pids.peak", "90\n", "101\n")]
    [InlineData("pids.events.max > 0", "pids.events", "max 0\n", "max 1\n")]
    [InlineData("memory.stat.kernel_stack > 9KiB", "memory.stat", "anon 5\nkernel_stack 4096\n", "anon 5\nkernel_stack 16384\n")]
    [InlineData("memory.stat.zswapped > 9KiB", "memory.stat", "zswapped 4096\n", "zswapped 16384\n")]
    [InlineData("memory.stat.workingset_restore_file > 9", "memory.stat", "workingset_restore_file 4\n", "workingset_restore_file 10\n")]
    [InlineData("memory.events.oom_group_kill > 0", "memory.events", "oom 1\noom_group_kill 0\n", "oom 1\noom_group_kill 1\n")]
    [InlineData("memory.events.local.max > 0", "memory.events.local", "low 0\nhigh 0\nmax 0\n", "low 0\nhigh 0\nmax 7\n")]
    [InlineData("memory.swap.events.fail > 0", "memory.swap.events", "high 0\nmax 0\nfail 0\n", "high 0\nmax 0\nfail 1\n")]
    [InlineData("cgroup.events.populated == 0", "cgroup.events", "populated 1\nfrozen 0\n", "populated 0\nfrozen 0\n")]
    [InlineData("cgroup.stat.nr_descendants > 3", "cgroup.stat", "nr_descendants 3\nnr_dying_descendants 0\n", "nr_descendants 4\nnr_dying_descendants 0\n")]
    [InlineData("cpu.stat.throttled_usec > 1s", "cpu.stat", "usage_usec 1\nthrottled_usec 10\n", "usage_usec 1\nthrottled_usec 1000001\n")]
    [InlineData("psi.cpu.full.avg10 > 5%", "cpu.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\nfull avg10=5.00 avg60=0.00 avg300=0.00 total=0\n", "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\nfull avg10=5.01 avg60=0.00 avg300=0.00 total=0\n")]
    [InlineData("io.stat.rios > 9", "io.stat", "8:0 rbytes=1 wbytes=0 rios=9 wios=0 dbytes=0 dios=0\n", "8:0 rbytes=1 wbytes=0 rios=9 wios=0 dbytes=0 dios=0\n8:16 rbytes=1 wbytes=0 rios=1 wios=0 dbytes=0 dios=0\n")]
    public void Cgroup_files(string when, string file, string before, string after)
    {
        using Scene scene = Each(when);
        scene.Files.Set(Mount + "job/pids.max", "100\n");
        scene.Files.Set(Mount + "job/" + file, before);
        scene.At(4, () => scene.Files.Set(Mount + "job/" + file, after));
        scene.Run(7);
        Fires(scene, scene.StepAt(4));
    }

    [Theory]
    [InlineData("io.read > 900KiB/s", "8:0 rbytes=1048576 wbytes=0 rios=0 wios=0 dbytes=0 dios=0\n")]
    [InlineData("io.writes > 9/s", "8:0 rbytes=0 wbytes=0 rios=0 wios=10 dbytes=0 dios=0\n")]
    public void Plain_rates_of_io_are_over_the_last_second(string when, string after)
    {
        using Scene scene = Each(when);
        scene.Files.Set(Mount + "job/io.stat", "");
        scene.At(4, () => scene.Files.Set(Mount + "job/io.stat", after));
        scene.Run(7);
        Fires(scene, scene.StepAt(4));
    }

    [Theory]
    [InlineData(true, "io.cost >= 516", "8:0 rbytes=0 wbytes=0 rios=0 wios=2000 dbytes=0 dios=0\n")]
    [InlineData(true, "io.cost == 2", "8:0 rbytes=0 wbytes=4000000 rios=0 wios=0 dbytes=9000000000 dios=9000\n")]
    [InlineData(false, "io.cost == 4", "8:0 rbytes=4000000 wbytes=4000000 rios=10 wios=1000 dbytes=0 dios=0\n")]
    [InlineData(false, "io.cost == 24", "8:0 rbytes=0 wbytes=0 rios=0 wios=0 dbytes=800000000 dios=1000\n")]
    public void Io_cost_has_a_price_for_each_kind_of_device(bool turns, string when, string after)
    {
        using Scene scene = Each(when);
        scene.Files.Set("/sys/dev/block/8:0/queue/rotational", turns ? "1\n" : "0\n");
        scene.Files.Set(Mount + "job/io.stat", "");
        scene.At(4, () => scene.Files.Set(Mount + "job/io.stat", after));
        scene.Run(7);
        Fires(scene, scene.StepAt(4));
    }

    [Fact]
    public void Zram_is_what_it_stores_compresses_and_occupies()
    {
        using Scene scene = Host("zram.stored > 500MiB and zram.compressed > 255MiB and zram.used < 280MiB");
        scene.Meminfo("SwapTotal", 1000);
        scene.Meminfo("SwapFree", 400);
        scene.Files.Set("/proc/swaps", "Filename Type Size Used Priority\n/dev/zram0 partition 1024000 614400 100\n");
        scene.Files.Set("/sys/block/zram0/mm_stat", "427106048 167968630 182599424 0 282599424 0 0 24 24\n");
        scene.At(4, () => scene.Files.Set("/sys/block/zram0/mm_stat", "527106048 267968630 282599424 0 282599424 0 0 24 24\n"));
        scene.Run(7);
        Fires(scene, scene.StepAt(4));
    }

    [Fact]
    public void The_root_as_a_match_has_the_machines_values()
    {
        using var scene = new Scene("""
            rules:
              - name: r
                for-each: "**"
                when: memory.stat.slab_unreclaimable > 900MiB and rate(memory.stat.pgscan, 2s) > 100/s
                then: [ { notify: low } ]
            """);
        scene.Start("a", "/job", 1);
        scene.Files.SetKey("/proc/meminfo", "SUnreclaim", "960000 kB");
        scene.Files.SetKey("/proc/vmstat", "pgscan_direct", "0");
        scene.At(4, () => scene.Files.SetKey("/proc/vmstat", "pgscan_direct", "900"));
        scene.Run(8);
        Said fired = Assert.Single(scene.Events, said => said.Text.Contains(": fired"));
        Assert.StartsWith("r [/]: fired", fired.Text);
        Assert.InRange(fired.Usec, 4_000_000, 5_100_000);
    }

    [Fact]
    public void Effective_protection_is_what_ancestors_leave()
    {
        // 100 MiB of the slice are divided among a and b, which claim 100 and 300 by what they use of their settings.
        using var scene = new Scene("""
            rules:
              - name: r
                for-each: "slice/*"
                when: memory.low.effective >= 25MiB and memory.low.effective < 25.1MiB
                then: [ { notify: low } ]
            """);
        foreach (string name in (string[])["a", "b"])
            scene.Start("x", "/slice/" + name, 1);
        void Set(string path, string file, long mib) =>
            scene.Files.Set($"{Mount}slice{path}/{file}", $"{mib * Scene.MiB}\n");
        Set("", "memory.current", 1000);
        Set("", "memory.low", 100);
        Set("/a", "memory.current", 500);
        Set("/a", "memory.low", 100);
        Set("/b", "memory.current", 300);
        Set("/b", "memory.low", 100);
        scene.At(4, () => Set("/b", "memory.low", 400));
        scene.Run(7);
        Said fired = Assert.Single(scene.Events, said => said.Text.Contains(": fired"));
        Assert.StartsWith("r [/slice/a]: fired", fired.Text);
        Assert.Equal(scene.StepAt(4), fired.Usec);
    }

    [Theory]
    [InlineData("memory.peak > 1B")]
    [InlineData("memory.stat.hugetlb > 1B")]
    [InlineData("psi.irq.full.avg10 > 1%")]
    [InlineData("pids.events.max > 1")]
    public void What_this_machine_lacks_is_unknown_and_degrades_the_rule_by_name(string when)
    {
        using Scene scene = Each($"{when} or not {when}");
        scene.Files.Fail(Mount + "job/memory.peak", Core.Kernel.Errno.ENOENT);
        scene.Files.Set(Mount + "job/memory.stat", "anon 5\n");
        scene.Files.Fail(Mount + "job/pids.events", Core.Kernel.Errno.ENOENT);
        scene.Run(8);
        Assert.Empty(scene.Fired("r"));
        Assert.Contains(scene.Snapshot.DegradedReasons, reason => reason.Contains("rule r "));
    }

    [Fact]
    public void Every_metric_can_be_asked_of_the_machine_or_of_a_cgroup()
    {
        foreach (Metric metric in MetricCatalog.All)
        {
            string number = metric.Unit switch
            {
                MetricUnit.Ratio => "1%",
                MetricUnit.Bytes => "1B",
                MetricUnit.Duration => "1s",
                MetricUnit.BytesPerSecond => "1B/s",
                MetricUnit.CountPerSecond => "1/s",
                _ => "1",
            };
            if (metric.Scope != MetricScope.Cgroup)
                Scene.Compile($"rules: [ {{ name: r, when: {metric.Name} > {number}, then: [ {{ notify: low }} ] }} ]");
            Scene.Compile(
                $"rules: [ {{ name: r, for-each: a, when: {metric.Name} > {number}, then: [ {{ notify: low }} ] }} ]");
        }

        Assert.True(MetricCatalog.All.Count > 200);
    }

    private static Scene Host(string when) => new($$"""
        rules:
          - name: r
            when: {{when}}
            then: [ { notify: low } ]
        """, new MachineOptions { RamBytes = 1L << 30 });

    private static Scene Each(string when)
    {
        var scene = new Scene($$"""
            rules:
              - name: r
                for-each: job
                when: {{when}}
                then: [ { notify: low } ]
            """);
        scene.Start("a", "/job", 1);
        return scene;
    }

    /// <summary>Once, at a step; steps are noted in ticks of the machine, which are 10 ms.</summary>
    private static void Fires(Scene scene, long usec) => Assert.True(
        scene.Fired("r") is [var only] && only - usec is >= 0 and < 10_000, $"expected {usec}\n{scene.Text}");
}
