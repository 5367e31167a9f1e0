using System.Linq;
using PressureD.Core.Kernel;
using PressureD.Simulation.Faults;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>Victims of several processes: that none of them is left, and that what they hold comes back soon.</summary>
public sealed class WholeVictimTests
{
    private const string KillCgroup = "rules:\n  - name: a\n    when: mem.available > 1MiB\n    cooldown: 10min\n"
        + "    then: [ { kill: { from: 'a/**', victim: cgroup, signal: KILL } } ]\n";

    private const string KillGroup = "rules:\n  - name: a\n    when: mem.available > 1MiB\n    cooldown: 10min\n"
        + "    then: [ { kill: { from: 'a/**', victim: process-group, signal: KILL } } ]\n";

    [Theory]
    [InlineData(KillCgroup)]
    [InlineData(KillGroup)]
    public void The_memory_of_the_largest_that_hang_is_released_after_half_a_second(string policy)
    {
        using Scene scene = new(policy, kernel: new SimulatedKernelOptions
        {
            Faults = new ScriptedFaults().Stick(210, 60_000_000).Stick(211, 60_000_000).Stick(212, 60_000_000)
                .Stick(213, 60_000_000).Stick(214, 60_000_000),
        });
        foreach ((int pid, int mib) in ((int, int)[])[(210, 20), (211, 50), (212, 10), (213, 30), (214, 40), (215, 60)])
            Start(scene, pid, mib);
        scene.Run(5);
        long killed = scene.Machine.Processes.Single(process => process.Pid == 210).DyingSinceUsec;
        Assert.Equal([211, 214, 213, 210], scene.Kernel.Released.Select(release => release.Pid));

        // One at a time, so that a worker is left for whatever else can hang.
        for (int i = 0; i < scene.Kernel.Released.Count; i++)
        {
            long sinceUsec = scene.Kernel.Released[i].Usec - (killed - scene.Machine.Options.StartUsec);
            Assert.InRange(sinceUsec, (i + 1) * 500_000, (i + 1) * 600_000);
        }
    }

    [Theory]
    [InlineData(KillCgroup)]
    [InlineData(KillGroup)]
    public void The_memory_of_those_that_are_big_is_released_at_once(string policy)
    {
        using Scene scene = new(policy, new MachineOptions { RamBytes = 16L << 30 });
        Start(scene, 210, 2100);
        Start(scene, 211, 3000);
        Start(scene, 212, 500);
        scene.RunUntil(() => scene.Kernel.Released.Count > 0, 3);
        var first = Assert.Single(scene.Kernel.Released);
        long killed = scene.Machine.Processes.Single(process => process.Pid == 210).DyingSinceUsec;
        Assert.Equal((211, killed - scene.Machine.Options.StartUsec), (first.Pid, first.Usec));
    }

    [Fact]
    public void Small_ones_that_die_are_left_to_themselves()
    {
        using Scene scene = new(KillCgroup);
        SimulatedProcess one = Start(scene, 210, 100);
        Start(scene, 211, 100);
        scene.RunUntil(() => Scene.IsDead(one), 3);
        scene.Run(scene.Now + 1);
        Assert.Empty(scene.Kernel.Released);
    }

    [Fact]
    public void Workers_that_are_all_taken_are_asked_again()
    {
        var faults = new ScriptedFaults().Stick(210, 60_000_000);
        faults.Fail(KernelCallKind.Begin, "ReleaseMemory", Errno.EBUSY, times: 2);
        using Scene scene = new(KillCgroup, kernel: new SimulatedKernelOptions { Faults = faults });
        Start(scene, 210, 100);
        scene.Run(5);
        Assert.Equal(210, Assert.Single(scene.Kernel.Released).Pid);
    }

    /// <summary>Without cgroup.kill a child may come into the list behind the sweep that ends its parent.</summary>
    [Fact]
    public void Who_was_forked_while_the_others_were_signalled_is_killed_too()
    {
        using Scene scene = Older(out SimulatedProcess parent);
        SimulatedProcess? child = null;
        scene.Kernel.BeforeSignal = (pid, _) =>
        {
            if (pid == parent.Pid)
                child ??= scene.Start("child", "/a/1", 5);
        };
        scene.RunUntil(() => child is not null, 3);
        Assert.NotEqual(ProcessState.Running, child!.State);
        Assert.False(scene.Machine.FindCgroup("/a/1")!.FreezeRequested);
    }

    [Fact]
    public void A_forker_that_is_quicker_than_all_sweeps_is_killed_by_later_ones()
    {
        using Scene scene = Older(out _);
        int children = 0;
        scene.Kernel.BeforeSignal = (_, _) =>
        {
            if (children++ < 25)
                scene.Start("child", "/a/1", 1);
        };
        scene.Run(3);
        Assert.True(children > 25);
        SimulatedCgroup cgroup = scene.Machine.FindCgroup("/a/1")!;
        Assert.DoesNotContain(scene.Machine.Processes, process => process.Cgroup == cgroup && process.IsAlive);
        Assert.False(cgroup.FreezeRequested);
        Assert.Contains(scene.Events, said => said.Text.Contains("died"));
    }

    [Fact]
    public void Who_enters_a_cgroup_that_hangs_after_its_kill_is_left_alone()
    {
        using Scene scene = Older(out SimulatedProcess parent, new ScriptedFaults().Stick(210, 60_000_000));
        Start(scene, 210, 20);
        scene.RunUntil(() => Scene.IsDead(parent), 3);
        scene.Run(scene.Now + 0.2);
        SimulatedProcess newcomer = scene.Start("visitor", "/a/1", 1);
        scene.Run(scene.Now + 8);
        Assert.Equal(ProcessState.Running, newcomer.State);
        Assert.Contains(scene.Machine.Processes, static process => process.Pid == 210 && !Scene.IsDead(process));
    }

    private static Scene Older(out SimulatedProcess parent, IFaultPlan? faults = null)
    {
        var scene = new Scene(
            KillCgroup,
            new MachineOptions { Profile = KernelProfile.Debian11 },
            new SimulatedKernelOptions { Faults = faults ?? NoFaults.Instance });
        parent = scene.Start("parent", "/a/1", 50);
        return scene;
    }

    private static SimulatedProcess Start(Scene scene, int pid, long mib) => scene.Start(new ProcessOptions
    {
        Comm = "part", Cgroup = "/a/1", AnonBytes = mib * Scene.MiB, Pid = pid, Uid = 1000, GroupPid = 210,
        SessionPid = 210,
    });
}
