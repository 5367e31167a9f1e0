using System.Linq;
using PressureD.Core.Policy;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Workloads;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>How long the loop sleeps between samples.</summary>
public sealed class CadenceTests
{
    private const string Level = """
        rules:
          - name: r
            when: mem.available_user < 10%
            then: [ { kill: { from: "nowhere/**", signal: KILL } } ]
        """;

    [Fact]
    public void Far_from_every_threshold_it_looks_once_a_second()
    {
        using var scene = new Scene(Level);
        scene.Meminfo("MemAvailable", 64_000);
        scene.Meminfo("AnonPages", 1_000);
        scene.Run(10);
        Assert.Equal(1_000_000, scene.Steps[^1] - scene.Steps[^2]);
        Assert.InRange(scene.Steps.Count, 10, 11);
    }

    [Fact]
    public void Between_two_steps_of_a_calm_machine_it_only_looks_at_memory_and_steps_when_that_decides_something()
    {
        using var scene = new Scene(Level);
        scene.Available(300);
        scene.Run(5);
        long steps = scene.Loop.Steps;
        int looks = scene.Steps.Count;
        scene.Run(10);
        Assert.Equal(100_000, scene.Steps[^1] - scene.Steps[^2]);
        Assert.InRange(scene.Loop.Steps - steps, 4, 6);
        Assert.InRange(scene.Steps.Count - looks, 48, 52);

        scene.Available(90);
        double changed = scene.Now;
        scene.RunUntil(() => scene.Text.Contains("r: fired", System.StringComparison.Ordinal), changed + 0.11);
    }

    [Theory]
    [InlineData("min(mem.available, 5s) < 250MiB")]
    [InlineData("self.lateness >= 1s or mem.available < 250MiB")]
    [InlineData("falling(mem.available, 90%, 1s)")]
    [InlineData("not recently(mem.available > 250MiB, 100ms)")]
    public void What_only_a_step_would_notice_of_memory_makes_a_step(string when)
    {
        using var scene = new Scene($"rules: [ {{ name: r, when: \"{when}\", then: [ {{ notify: low }} ] }} ]");
        scene.Available(300);
        scene.Run(5);
        scene.Available(240);
        double changed = scene.Now;
        scene.RunUntil(() => scene.Fired("r").Length == 1, changed + 0.35);
    }

    [Fact]
    public void While_hardly_anything_is_taken_the_amount_that_is_free_is_enough_to_know()
    {
        using var scene = new Scene(Level);
        scene.Available(300);
        scene.Run(5);
        int reads = scene.Kernel.MeminfoReads;
        int looks = scene.Steps.Count;
        scene.Run(10);
        Assert.InRange(scene.Steps.Count - looks, 48, 52);
        Assert.InRange(scene.Kernel.MeminfoReads - reads, 4, 6);

        // An eighth of what lies between it and the threshold, 200 MiB, and a little more.
        scene.Available(274);
        scene.Run(scene.Now + 0.15);
        Assert.InRange(scene.Kernel.MeminfoReads - reads, 5, 7);
        Assert.Equal(274 * Scene.MiB, scene.Loop.Host.Values[BaseHostSlot.MemAvailable]);
    }

    [Theory]
    [InlineData("mem.available < 10MiB or mem.dirty > 200MiB", "Dirty", 100, 210)]
    [InlineData("mem.available < 10MiB or mem.anon > 900MiB", "AnonPages", 700, 910)]
    public void What_grows_without_taking_free_memory_is_read_at_every_look(string when, string key, int before, int after)
    {
        using var scene = new Scene($"rules: [ {{ name: r, when: \"{when}\", then: [ {{ notify: low }} ] }} ]");
        scene.Available(300);
        scene.Meminfo(key, before);
        scene.Run(5);
        scene.Meminfo(key, after);
        double changed = scene.Now;
        scene.RunUntil(() => scene.Fired("r").Length == 1, changed + 0.11);
    }

    [Fact]
    public void What_is_available_may_fall_while_as_much_is_free_as_before()
    {
        using var scene = new Scene(Level);

        // A limited cgroup gives up its cache for what it takes: less can be left than the threshold.
        scene.Available(300);
        scene.Meminfo("MemFree", 210);
        scene.Run(5);
        scene.Meminfo("MemAvailable", 90);
        scene.Meminfo("AnonPages", 910);
        double changed = scene.Now;
        scene.RunUntil(() => scene.Text.Contains("r: fired", System.StringComparison.Ordinal), changed + 0.11);
    }

    [Fact]
    public void A_value_of_the_machine_beside_a_cgroups_leaves_no_look_without_a_step()
    {
        using var scene = new Scene("""
            rules:
              - name: r
                for-each: job
                when: host.mem.available < 50% of memory.current or host.mem.available < 10MiB
                then: [ { notify: low } ]
            """);
        scene.Start("a", "/job", 500);
        scene.Available(300);
        scene.Run(5);
        scene.Available(240);
        double changed = scene.Now;
        scene.RunUntil(() => scene.Fired("r").Length == 1, changed + 0.15);
    }

    [Fact]
    public void A_command_that_comes_with_a_look_is_answered_at_once()
    {
        using var scene = new Scene(Level);
        scene.Available(300);
        scene.Run(5);
        long steps = scene.Loop.Steps;
        scene.At(scene.Now + 0.1, () =>
        {
            scene.Commands.Begin(Core.Commands.CommandKind.ListRules);
            scene.Commands.Submit();
        });
        scene.RunUntil(() => scene.Commands.PeekAnswer() is not null, scene.Now + 0.25);
        Assert.InRange(scene.Loop.Steps - steps, 0, 1);
        scene.Commands.Release();
    }

    [Fact]
    public void It_sleeps_no_longer_than_memory_needs_to_fill_to_the_threshold()
    {
        using var scene = new Scene(Level);

        // 10 % of 10000 MiB is 1000: 3072 MiB above it last half a second at 6 GiB a second.
        scene.Meminfo("MemAvailable", 4072);
        scene.Meminfo("AnonPages", 5928);
        scene.Run(3);
        Assert.InRange(scene.Steps[^1] - scene.Steps[^2], 490_000, 510_000);
    }

    [Fact]
    public void Close_to_a_threshold_it_looks_ten_times_a_second()
    {
        using var scene = new Scene(Level);
        scene.Available(110);
        scene.Run(3);
        Assert.Equal(100_000, scene.Steps[^1] - scene.Steps[^2]);
    }

    [Fact]
    public void While_a_rule_that_kills_is_active_it_looks_twenty_times_a_second()
    {
        using var scene = new Scene(Level);
        scene.Available(90);
        scene.Run(3);
        Assert.Equal(50_000, scene.Steps[^1] - scene.Steps[^2]);
    }

    [Fact]
    public void A_hold_time_that_only_until_asks_for_does_not_hurry_it()
    {
        using var scene = new Scene("""
            rules:
              - name: r
                when: psi.memory.full.avg10 > 20% and not mem.available_user < 10% for 1s
                until: psi.memory.full.avg10 < 10% for 5s
                then: [ { kill: { from: "nowhere/**", signal: KILL } } ]
            """);
        scene.Pressure(0);
        scene.Meminfo("MemAvailable", 64_000);
        scene.Meminfo("AnonPages", 1_000);
        scene.Run(10);
        Assert.InRange(scene.Steps.Count, 10, 11);
    }

    [Fact]
    public void Pressure_wakes_it_early()
    {
        using var scene = new Scene("""
            rules:
              - { name: r, when: psi.memory.some.avg10 > 1%, then: [ { notify: low } ] }
            """, new MachineOptions { Swap = [new SwapDeviceOptions { SizeBytes = 2048 * Scene.MiB }] });
        scene.Start("hot", "/a", does: new HotSetWorkload { SizeBytes = 2000 * Scene.MiB });
        scene.Run(5);
        Assert.Contains(scene.Steps.Zip(scene.Steps.Skip(1), (a, b) => b - a), gap => gap == 100_000);
    }
}
