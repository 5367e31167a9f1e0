using System;
using System.Linq;
using PressureD.Core.Kernel;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>Functions of conditions over scripted files: the step at which their truth changes, and none before.</summary>
public sealed class FunctionTests
{
    private const string Job = "/sys/fs/cgroup/job/";

    [Fact]
    public void Rate_is_over_the_whole_window_and_unknown_before_it_is_full()
    {
        using Scene scene = Watch("rate(memory.stat.pgscan, 3s) >= 0/s");
        Stat(scene, "pgscan", 5);
        scene.Run(8);
        Fires(scene, scene.Steps.First(usec => usec >= scene.Steps[0] + 3_000_000));
        Assert.DoesNotContain(scene.Snapshot.DegradedReasons, reason => reason.Contains("rule r "));
    }

    [Fact]
    public void A_window_that_is_not_full_yet_degrades_nothing_and_a_file_that_cannot_be_opened_does()
    {
        const string Filling = "rate(memory.stat.pgscan, 20s) >= 0/s";
        using Scene whole = Watch(Filling);
        whole.Run(15);
        Assert.DoesNotContain(whole.Snapshot.DegradedReasons, reason => reason.Contains("rule r "));

        using Scene scene = Watch(Filling);
        scene.Files.Fail(Job + "memory.stat", Errno.EIO);
        scene.Run(8);
        Assert.Contains(scene.Snapshot.DegradedReasons, reason => reason.Contains("rule r "));
        scene.Files.Restore(Job + "memory.stat");
        scene.Run(80);
        Assert.DoesNotContain(scene.Snapshot.DegradedReasons, reason => reason.Contains("rule r "));
    }

    [Fact]
    public void Rate_is_the_change_over_the_time_that_passed()
    {
        // 100 a second from 10 s on: over 4 s that is more than 70 a second once 2.8 s of them lie behind.
        using Scene scene = Watch("rate(memory.stat.pgscan, 4s) > 70/s");
        for (int i = 0; i <= 20; i++)
        {
            long value = Math.Max(i - 10, 0) * 100;
            scene.At(i, () => Stat(scene, "pgscan", value));
        }

        scene.Run(18);
        Fires(scene, scene.StepAt(13));
    }

    [Fact]
    public void A_counter_that_goes_back_counts_from_nothing()
    {
        using Scene scene = Watch("rate(memory.stat.pgscan, 4s) > 0/s");
        Stat(scene, "pgscan", 9_000);
        scene.At(10, () => Stat(scene, "pgscan", 0));
        scene.At(15, () => Stat(scene, "pgscan", 8));
        scene.Run(13.9);
        Assert.Empty(scene.Fired("r"));
        scene.Run(20);
        Fires(scene, scene.StepAt(15));
    }

    [Fact]
    public void Rate_of_stall_is_a_share()
    {
        using Scene scene = Watch("rate(psi.memory.full.total, 2s) > 25%");
        for (int i = 0; i <= 20; i++)
        {
            long total = Math.Max(i - 8, 0) * 300_000;
            scene.At(i, () => scene.Pressure(0, total, "/job"));
        }

        // At 10 s 0.6 of the last 2 s were stall, at 9 s 0.3.
        scene.Run(14);
        Fires(scene, scene.StepAt(10));
    }

    [Fact]
    public void Growth_of_a_size_can_be_negative()
    {
        using Scene scene = Watch("rate(memory.current, 2s) > 40MiB/s or memory.growth > 400MiB/s");
        Current(scene, 900);
        scene.At(5, () => Current(scene, 100));
        scene.At(9, () => Current(scene, 190));
        scene.Run(14);
        Fires(scene, scene.StepAt(9));
    }

    [Theory]
    [InlineData("min(memory.current, 5s) > 100MiB", 50, 200)]
    [InlineData("max(memory.current, 5s) < 100MiB", 200, 50)]
    public void Min_and_max_forget_what_is_as_old_as_the_window(string when, int before, int after)
    {
        using Scene scene = Watch(when);
        Current(scene, before);
        scene.At(10, () => Current(scene, after));
        scene.Run(20);
        long last = scene.Steps.Last(usec => usec < 10_000_000);

        // The resolution is a sixteenth of the window.
        Assert.InRange(Assert.Single(scene.Fired("r")), last + 5_000_000 - 100_000, last + 5_000_000 + 312_500);
    }

    [Fact]
    public void Max_sees_a_single_sample()
    {
        using Scene scene = Watch("max(pids.current, 4s) > 50 and memory.current > 1GiB");
        Pids(scene, 3);
        Current(scene, 1);
        scene.Run(6);
        Pids(scene, 80);
        scene.Step();
        long seen = scene.Steps[^1];
        Pids(scene, 3);
        scene.At(9, () => Current(scene, 2000));
        scene.Run(14);
        Assert.True(scene.StepAt(9) < seen + 4_000_000);
        Fires(scene, scene.StepAt(9));
    }

    [Fact]
    public void Avg_weighs_each_value_with_the_time_it_stood()
    {
        // 200 from 10 s on: more than 150 in the mean of 4 s when more than three of them lie behind.
        using Scene scene = Watch("avg(pids.current, 4s) > 150");
        Pids(scene, 0);
        scene.At(10, () => Pids(scene, 200));
        scene.Run(18);
        Fires(scene, scene.StepAt(13.01));
    }

    [Fact]
    public void Delta_is_against_the_beginning_of_the_window()
    {
        using Scene scene = Watch("delta(pids.current, 5s) > 100 for 3s");
        Pids(scene, 20);
        scene.At(8, () => Pids(scene, 130));
        scene.Run(18);
        Fires(scene, scene.Steps.First(usec => usec >= scene.StepAt(8) + 3_000_000));
    }

    [Theory]
    [InlineData("rising(psi.memory.full.avg10)", 12.0, 12.5, true)]
    [InlineData("rising(psi.memory.full.avg10)", 12.0, 12.0, false)]
    [InlineData("falling(psi.memory.full.avg10, 85%)", 20.0, 16.9, true)]
    [InlineData("falling(psi.memory.full.avg10, 0.85)", 20.0, 17.0, false)]
    [InlineData("not falling(psi.memory.full.avg10, 85%, 2s) and psi.memory.full.avg10 > 25%", 20.0, 30.0, true)]
    public void Rising_and_falling_are_against_a_while_ago(string when, double before, double after, bool fires)
    {
        using Scene scene = Watch(when);
        scene.Pressure(before, cgroup: "/job");
        scene.At(9, () => scene.Pressure(after, cgroup: "/job"));
        scene.Run(20);
        if (fires)
            Fires(scene, scene.StepAt(9));
        else
            Assert.Empty(scene.Fired("r"));
    }

    [Theory]
    [InlineData(14, true)]
    [InlineData(16, false)]
    public void Recently_holds_for_its_time_after_the_last_true_sample(double laterSeconds, bool fires)
    {
        using Scene scene = Watch("recently(pids.current > 50, 10s) and memory.current > 1GiB");
        Pids(scene, 3);
        Current(scene, 1);
        scene.At(5, () => Pids(scene, 80));
        scene.At(5.5, () => Pids(scene, 3));
        scene.At(laterSeconds, () => Current(scene, 2000));
        scene.Run(20);
        if (fires)
            Fires(scene, scene.StepAt(laterSeconds));
        else
            Assert.Empty(scene.Fired("r"));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void A_window_survives_one_unknown_sample_and_starts_again_after_two(int unknown, bool survives)
    {
        using Scene scene = Watch("rate(memory.stat.pgscan, 4s) > 0/s");
        Stat(scene, "pgscan", 100);
        scene.Run(6);
        scene.Files.Fail(Job + "memory.stat", Errno.EIO);
        for (int i = 0; i < unknown; i++)
            scene.Step();
        scene.Files.Restore(Job + "memory.stat");
        Stat(scene, "pgscan", 900);
        scene.Step();
        long again = scene.Steps[^1];
        scene.Run(again / 1e6 + 2);
        Assert.Equal(survives ? [again] : [], scene.Fired("r"));
    }

    [Fact]
    public void Late_samples_count_over_the_time_that_really_passed()
    {
        using Scene scene = Watch("rate(memory.stat.pgscan, 2s) > 90/s");
        Stat(scene, "pgscan", 0);
        scene.Run(5);

        // For 10 s nobody looks: 800 in 10 s are 80 a second, however large they look over 2 s.
        scene.Machine.Advance(10_000_000);
        Stat(scene, "pgscan", 800);
        scene.Run(17);
        Assert.Empty(scene.Fired("r"));
        Stat(scene, "pgscan", 1200);
        scene.Step();
        Fires(scene, scene.Steps[^1]);
    }

    [Fact]
    public void A_share_of_another_metric_follows_it_and_no_limit_is_never_reached()
    {
        using Scene scene = Watch("memory.current > 90% of memory.max");
        Current(scene, 95);
        scene.Files.Set(Job + "memory.max", "max\n");
        scene.At(4, () => scene.Files.Set(Job + "memory.max", $"{120L << 20}\n"));
        scene.At(7, () => scene.Files.Set(Job + "memory.max", $"{105L << 20}\n"));
        scene.Run(10);
        Fires(scene, scene.StepAt(7));
    }

    [Fact]
    public void Two_metrics_of_a_unit_are_compared()
    {
        using Scene scene = Watch("memory.current > memory.high and pids.current == pids.max");
        Current(scene, 95);
        Pids(scene, 7);
        scene.Files.Set(Job + "memory.high", $"{90L << 20}\n");
        scene.Files.Set(Job + "pids.max", "8\n");
        scene.At(5, () => Pids(scene, 8));
        scene.Run(8);
        Fires(scene, scene.StepAt(5));
    }

    [Fact]
    public void What_a_recheck_finds_does_not_move_windows()
    {
        // The rule wants to kill and finds nobody, and looks again before each choice: a window must not see that.
        using var scene = new Scene("""
            rules:
              - name: r
                for-each: job
                when: rate(memory.stat.pgscan, 2s) > 10/s
                cooldown: 1s
                then: [ { kill: { from: "victims/**", signal: KILL } } ]
            """);
        scene.Start("a", "/job", 1);
        SimulatedProcess victim = scene.Start("v", "/victims/v", 20);
        for (int i = 0; i <= 20; i++)
        {
            long value = Math.Clamp(i - 6, 0, 4) * 100;
            scene.At(i, () => Stat(scene, "pgscan", value));
        }

        scene.Run(9);
        Assert.True(Scene.IsDead(victim), scene.Text);
        Assert.Contains("rate(memory.stat.pgscan, 2s) 50/s", scene.Text);
    }

    private static Scene Watch(string when)
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

    private static void Stat(Scene scene, string key, long value) =>
        scene.Files.Set(Job + "memory.stat", $"anon 4096\n{key} {value}\n");

    private static void Current(Scene scene, long mib) =>
        scene.Files.Set(Job + "memory.current", $"{mib * Scene.MiB}\n");

    private static void Pids(Scene scene, int count) => scene.Files.Set(Job + "pids.current", $"{count}\n");

    /// <summary>Once, at a step; steps are noted in ticks of the machine, which are 10 ms.</summary>
    private static void Fires(Scene scene, long usec) => Assert.True(
        scene.Fired("r") is [var only] && only - usec is >= 0 and < 10_000, $"expected {usec}\n{scene.Text}");
}
