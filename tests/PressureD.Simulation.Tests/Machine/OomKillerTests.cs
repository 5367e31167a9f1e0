using System.Linq;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Workloads;

namespace PressureD.Simulation.Tests.Machine;

public class OomKillerTests
{
    private const long MiB = 1 << 20;

    [Fact]
    public void The_largest_dies_not_the_one_that_asks()
    {
        var machine = Full(out var asker);
        var large = machine.Start(new ProcessOptions { Comm = "large", AnonBytes = 500 * MiB });
        machine.Advance(30_000_000);
        Assert.Equal(large.Pid, machine.OomKills[0].Pid);
        Assert.NotEqual(asker.Pid, machine.OomKills[0].Pid);
    }

    [Fact]
    public void An_adjustment_counts_per_mille_of_memory()
    {
        var machine = Full(out _);
        machine.Start(new ProcessOptions { Comm = "large", AnonBytes = 500 * MiB });
        var tab = machine.Start(new ProcessOptions { Comm = "tab", AnonBytes = 60 * MiB, OomScoreAdj = 800 });
        machine.Advance(30_000_000);
        Assert.Equal(tab.Pid, machine.OomKills[0].Pid);
        Assert.Equal(800, machine.OomKills[0].OomScoreAdj);
    }

    [Fact]
    public void Minus_thousand_is_never_chosen()
    {
        var machine = Full(out var asker);
        machine.Start(new ProcessOptions { Comm = "large", AnonBytes = 700 * MiB, OomScoreAdj = -1000 });
        machine.Advance(30_000_000);
        Assert.Equal(asker.Pid, machine.OomKills[0].Pid);
    }

    [Fact]
    public void Of_equals_the_later_one_dies()
    {
        var machine = Full(out _);
        machine.Start(new ProcessOptions { Comm = "first", AnonBytes = 350 * MiB });
        var second = machine.Start(new ProcessOptions { Comm = "second", AnonBytes = 350 * MiB });
        machine.Advance(30_000_000);
        Assert.Equal(second.Pid, machine.OomKills[0].Pid);
    }

    [Fact]
    public void Nobody_else_dies_while_a_victim_is_stuck_until_the_reaper_took_its_memory()
    {
        var machine = Full(out _);
        machine.StickVictim = _ => 60_000_000;
        var large = machine.Start(new ProcessOptions { Comm = "large", AnonBytes = 500 * MiB });
        while (machine.OomKills.Count == 0) machine.Tick();
        machine.Advance(1_900_000);
        Assert.Single(machine.OomKills);
        Assert.Equal(Pages.FromMiB(500), large.ResidentPages);
        machine.Advance(1_000_000);
        Assert.Equal(0, large.ResidentPages);
        Assert.True(large.IsAlive);
    }

    [Fact]
    public void Badness_shows_in_oom_score()
    {
        var machine = new SimulatedMachine(new MachineOptions());
        var small = machine.Start(new ProcessOptions());
        Assert.Equal(4, OomKiller.Badness(small, 1000)!.Value);
        var adjusted = machine.Start(new ProcessOptions { OomScoreAdj = 100 });
        Assert.Equal(4 + (100 * 262), OomKiller.Badness(adjusted, 262_144)!.Value);
        Assert.Null(OomKiller.Badness(machine.FindProcess(1)!, 1000));
        Assert.Null(OomKiller.Badness(machine.FindProcess(2)!, 1000));
        Assert.Null(OomKiller.Badness(machine.Start(new ProcessOptions { OomScoreAdj = -1000 }), 1000));
    }

    // Measured: parent events max 23 oom 1 oom_kill 3 oom_group_kill 1; its local oom_kill 0; the child's local
    // oom_kill 3.
    [Fact]
    public void A_limit_kills_the_group_within_and_counts_as_the_kernel_does()
    {
        var machine = new SimulatedMachine(new MachineOptions());
        var parent = machine.MakeCgroup("/parent");
        var child = machine.MakeCgroup("/parent/child");
        parent.MaxPages = Pages.FromMiB(128);
        child.OomGroup = true;
        machine.Start(new ProcessOptions { Cgroup = "/parent/child", Comm = "idle", AnonBytes = MiB });
        var leak = machine.Start(new ProcessOptions
        {
            Cgroup = "/parent/child", Comm = "leak", Workload = new LeakWorkload { BytesPerSecond = 20 * MiB },
        });
        machine.Advance(10_000_000);
        Assert.False(leak.IsAlive);
        Assert.False(child.Populated);
        Assert.Equal((1L, 3L, 1L), (parent.Events.Oom, parent.Events.OomKill, parent.Events.OomGroupKill));
        Assert.Equal((1L, 0L, 0L),
            (parent.LocalEvents.Oom, parent.LocalEvents.OomKill, parent.LocalEvents.OomGroupKill));
        Assert.Equal((0L, 3L, 1L), (child.LocalEvents.Oom, child.LocalEvents.OomKill, child.LocalEvents.OomGroupKill));
        Assert.True(parent.Events.Max > 0);
        Assert.Equal(0, child.Events.Max);
        Assert.Equal("/parent", machine.OomKills[0].LimitCgroup);
        Assert.Contains("constraint=CONSTRAINT_MEMCG", machine.OomKills[0].ConstraintLine);
        Assert.StartsWith("Memory cgroup out of memory: Killed process ", machine.OomKills[0].KilledLine);
    }

    private static SimulatedMachine Full(out SimulatedProcess asker)
    {
        var machine = new SimulatedMachine(new MachineOptions());
        asker = machine.Start(new ProcessOptions
        {
            Comm = "asker", Workload = new LeakWorkload { BytesPerSecond = 100 * MiB, CeilingBytes = 2000 * MiB,
                DelayUsec = 100_000 },
        });
        return machine;
    }
}
