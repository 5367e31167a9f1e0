using System.Linq;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>Each of oomd's detectors, said in conditions.</summary>
public sealed class OomdTests
{
    private const string Mount = "/sys/fs/cgroup/";

    [Fact]
    public void Pressure_above_is_any_of_the_cgroups_for_a_while()
    {
        // { pressure_above, cgroup: "workload.slice/*", resource: io, threshold: 40, duration: 5 }
        using Scene scene = Host("any(\"workload.slice/*\", psi.io.full.avg10 > 40%) for 5s");
        Start(scene, "workload.slice/a", "workload.slice/b");
        Io(scene, "workload.slice/a", 0);
        Io(scene, "workload.slice/b", 0);
        scene.At(3, () => Io(scene, "workload.slice/a", 41));

        // As there, it goes on when another one takes over, because the hold is over "any of them".
        scene.At(5, () => Io(scene, "workload.slice/a", 40));
        scene.At(5, () => Io(scene, "workload.slice/b", 60));
        scene.Run(11);
        Fires(scene, scene.Steps.First(usec => usec >= scene.StepAt(3) + 5_000_000));
    }

    [Theory]
    [InlineData(18, false)]
    [InlineData(30, true)]
    public void Pressure_rising_beyond_is_a_long_average_and_a_short_one_that_does_not_fall(double later, bool fires)
    {
        // { pressure_rising_beyond, cgroup: system.slice, resource: memory, threshold: 20, duration: 3 }
        using Scene scene = Host(
            "any(\"system.slice\", psi.memory.full.avg60 > 20% for 3s and psi.memory.full.avg10 > 15% "
            + "and not falling(psi.memory.full.avg10, 0.85))");
        Start(scene, "system.slice");
        Pressure(scene, 30, 10);
        scene.At(8, () => Pressure(scene, later, 25));
        scene.Run(11.9);
        if (fires)
            Fires(scene, scene.Steps.First(usec => usec >= scene.StepAt(8) + 3_000_000));
        else
            Assert.Empty(scene.Fired("r"));
    }

    [Theory]
    [InlineData("max_of(\"job/*\", memory.current) > 30% for 3s", "memory.current", "104857600\n", "335544320\n")]
    [InlineData("max_of(\"job/*\", memory.stat.anon) > 300MiB for 3s", "memory.stat", "anon 104857600\nfile 999999999\n", "anon 335544320\nfile 0\n")]
    public void Memory_above_is_the_greatest_of_them(string when, string file, string before, string after)
    {
        using Scene scene = Host(when);
        scene.Available(900);
        Start(scene, "job/a", "job/b");
        scene.Files.Set($"{Mount}job/a/{file}", before);
        scene.Files.Set($"{Mount}job/b/{file}", before);
        scene.At(4, () => scene.Files.Set($"{Mount}job/b/{file}", after));
        scene.Run(9);
        Fires(scene, scene.Steps.First(usec => usec >= scene.StepAt(4) + 3_000_000));
    }

    [Fact]
    public void Memory_reclaim_is_a_scan_of_any_of_them_not_long_ago()
    {
        // { memory_reclaim, cgroup: "workload.slice/*", duration: 10 }, and one that disappears does not hide it.
        using Scene scene = Host(
            "recently(any(\"workload.slice/*\", rate(memory.stat.pgscan, 1s) > 0/s), 10s) and mem.available_user < 50%");
        scene.Available(900);
        Start(scene, "workload.slice/a", "workload.slice/b");
        Scan(scene, "a", 10);
        Scan(scene, "b", 10);
        scene.At(5, () => Scan(scene, "a", 15));
        scene.At(5, () => Remove(scene, "/workload.slice/b"));
        scene.At(14, () => scene.Available(400));
        scene.Run(14);
        Fires(scene, scene.StepAt(14));
        scene.Run(17);
        Assert.Single(scene.Events, said => said.Text.Contains("over after"));
    }

    [Theory]
    [InlineData(10, 5000, false)]
    [InlineData(3, 5000, true)]
    [InlineData(3, 100, false)]
    public void Swap_free_with_a_rate_of_swapping_out(int freeMiB, int pages, bool fires)
    {
        // { swap_free, threshold_pct: 5, swapout_bps_threshold: 1048576 }: 256 pages of 4 KiB a second.
        using Scene scene = Host("swap.free < 5% and vm.swap_out >= 256/s");
        scene.Meminfo("SwapTotal", 100);
        scene.Meminfo("SwapFree", 50);
        scene.Files.SetKey("/proc/vmstat", "pswpout", "0");
        scene.At(4, () => scene.Meminfo("SwapFree", freeMiB));
        scene.At(6, () => scene.Files.SetKey("/proc/vmstat", "pswpout", $"{pages}"));
        scene.Run(9);
        Assert.Equal(fires ? 1 : 0, scene.Fired("r").Length);
        Assert.All(scene.Fired("r"), usec => Assert.InRange(usec, scene.StepAt(6), scene.StepAt(6) + 1_000_000));
    }

    [Theory]
    [InlineData("exists(\"job/b*\")", 3)]
    [InlineData("not exists(\"job/a\")", 6)]
    public void Exists_and_its_negation(string when, double at)
    {
        using Scene scene = Host(when);
        Start(scene, "job/a");
        scene.At(3, () => Start(scene, "job/b"));
        scene.At(6, () => Remove(scene, "/job/a"));
        scene.Run(9);
        Assert.InRange(Assert.Single(scene.Fired("r")), (long)(at * 1e6), (long)(at * 1e6) + 1_100_000);
    }

    [Theory]
    [InlineData("any(\"job/*\", cgroup.stat.nr_dying_descendants > 100)", 100, 101)]
    [InlineData("any(\"job/*\", cgroup.stat.nr_dying_descendants <= 100)", 101, 100)]
    public void Nr_dying_descendants(string when, int before, int after)
    {
        using Scene scene = Host(when);
        Start(scene, "job/a");
        void Set(int count) => scene.Files.Set(Mount + "job/a/cgroup.stat", $"nr_descendants 0\nnr_dying_descendants {count}\n");
        Set(before);
        scene.At(4, () => Set(after));
        scene.Run(7);
        Fires(scene, scene.StepAt(4));
    }

    [Fact]
    public void Detector_groups_are_or_and_detectors_in_them_are_and()
    {
        using Scene scene = Host(
            "max_of(\"job/*\", memory.current) > 100MiB and exists(\"other\") or any(\"job/*\", psi.memory.full.avg10 > 20%)");
        Start(scene, "job/a");
        scene.Files.Set(Mount + "job/a/memory.current", $"{200 * Scene.MiB}\n");
        scene.Pressure(0, cgroup: "/job/a");
        scene.At(4, () => scene.Pressure(21, cgroup: "/job/a"));
        scene.At(6, () => scene.Pressure(0, cgroup: "/job/a"));
        scene.At(8, () => Start(scene, "other"));
        scene.Run(11);
        Assert.Equal(2, scene.Fired("r").Length);
        Assert.Equal(scene.StepAt(4), scene.Fired("r")[0]);
        Assert.InRange(scene.Fired("r")[1], 8_000_000, 9_100_000);
    }

    private static Scene Host(string when) => new($$"""
        rules:
          - name: r
            when: {{when}}
            then: [ { notify: low } ]
        """);

    private static void Start(Scene scene, params string[] cgroups)
    {
        foreach (string cgroup in cgroups)
            scene.Start("x", "/" + cgroup, 1);
    }

    private static void Remove(Scene scene, string path)
    {
        SimulatedCgroup cgroup = scene.Machine.FindCgroup(path)!;
        foreach (SimulatedProcess process in cgroup.Processes.ToArray())
            scene.Machine.Move(process, scene.Machine.Root);
        Assert.Equal(0, scene.Machine.RemoveCgroup(cgroup));
    }

    private static void Io(Scene scene, string cgroup, int full) => scene.Files.Set(
        $"{Mount}{cgroup}/io.pressure",
        $"some avg10=90.00 avg60=0.00 avg300=0.00 total=0\nfull avg10={full}.00 avg60=0.00 avg300=0.00 total=0\n");

    private static void Pressure(Scene scene, double avg10, double avg60) => scene.Files.Set(
        Mount + "system.slice/memory.pressure",
        System.FormattableString.Invariant(
            $"some avg10=90.00 avg60=0.00 avg300=0.00 total=0\nfull avg10={avg10:F2} avg60={avg60:F2} avg300=0.00 total=0\n"));

    private static void Scan(Scene scene, string name, long pages) =>
        scene.Files.Set($"{Mount}workload.slice/{name}/memory.stat", $"anon 1\npgscan {pages}\n");

    /// <summary>Once, at a step; steps are noted in ticks of the machine, which are 10 ms.</summary>
    private static void Fires(Scene scene, long usec) => Assert.True(
        scene.Fired("r") is [var only] && only - usec is >= 0 and < 10_000, $"expected {usec}\n{scene.Text}");
}
