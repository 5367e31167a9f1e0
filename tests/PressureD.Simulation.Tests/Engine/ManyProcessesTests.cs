using System;
using System.Linq;
using System.Text;
using PressureD.Core.Cgroups;
using PressureD.Core.Victims;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>
/// Whoever can fork or make cgroups can make any number, with names as long as he likes. What is remembered of them is
/// bounded, and the right one dies all the same.
/// </summary>
public sealed class ManyProcessesTests
{
    private const long MiB = Scene.MiB;

    private const string Processes = """
        rules:
          - { name: a, when: mem.available_user < 50%, cooldown: 1min, then: [ { kill: { from: "**", signal: KILL } } ] }
        """;

    private const string Culprits = """
        rules:
          - name: a
            when: mem.available_user < 50%
            cooldown: 1min
            then: [ { kill: { from: "**", culprit: [size], rank: [size], signal: KILL } } ]
        """;

    [Fact]
    public void The_largest_of_very_many_dies()
    {
        using Scene scene = Many(Processes);
        SimulatedProcess hog = scene.Start("hog", "/app.slice/hog", 30);
        Fork(scene, 3 * ProcessTable.MaxEntries, n => $"/fork.slice/{n % 10}");
        scene.RunUntil(() => scene.Kernel.Signals.Count > 0, 5);
        Assert.Equal(hog.Pid, scene.Kernel.Signals[0].Pid);
        Assert.True(Remembered(scene) <= ProcessTable.MaxEntries);
        Assert.Contains(ProcessTable.LargestReason, scene.Snapshot.DegradedReasons);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Each_is_known_to_be_where_it_is(int times)
    {
        using Scene scene = Many(Processes.Replace("\"**\"", "\"none/**\"", StringComparison.Ordinal));
        var where = Fork(scene, (times * ProcessTable.MaxEntries) + 1, static n => $"/fork.slice/{n % 5000}")
            .ToDictionary(static process => process.Pid, static process => process.Cgroup.Path[1..]);
        for (int second = 1; second <= 2; second++)
        {
            scene.Run(second);
            Assert.NotEqual(0, Remembered(scene));
            foreach (ProcessEntry entry in scene.Loop.Processes.Entries)
            {
                if (where.TryGetValue(entry.Pid, out string? path))
                    Assert.Equal(path, Encoding.UTF8.GetString(scene.Loop.Processes.CgroupOf(entry)));
            }
        }
    }

    [Fact]
    public void When_they_are_gone_that_is_no_longer_said()
    {
        using Scene scene = Many(Processes);
        SimulatedProcess[] forked = Fork(scene, ProcessTable.MaxEntries + 1, static _ => "/fork.slice/1");
        scene.RunUntil(() => scene.Snapshot.DegradedReasons.Contains(ProcessTable.LargestReason), 5);
        foreach (SimulatedProcess process in forked.Skip(10))
            scene.Machine.Exit(process);
        scene.RunUntil(() => !scene.Snapshot.DegradedReasons.Contains(ProcessTable.LargestReason), scene.Now + 90);
    }

    [Fact]
    public void Of_many_that_are_alike_some_are_remembered_and_their_cgroup_is_as_large_as_it_is()
    {
        using Scene scene = Many(Culprits);
        SimulatedProcess innocent = scene.Start("innocent", "/app.slice/innocent", 5000);
        Fork(scene, 2 * ProcessTable.MaxEntries, static _ => "/fork.slice/bomb");
        scene.RunUntil(() => scene.Kernel.Signals.Count > 0, 5);
        Assert.NotEqual(innocent.Pid, scene.Kernel.Signals[0].Pid);
        Assert.InRange(Remembered(scene), ProcessTable.MaxEntries / 4, ProcessTable.MaxEntries);
    }

    [Fact]
    public void Very_long_names_fill_no_table()
    {
        using Scene scene = Many(Processes);
        string name = new('x', 250);
        SimulatedProcess hog = scene.Start("hog", "/app.slice/hog", 30);
        Fork(scene, 600, n => $"/user.slice/{n}/{string.Join('/', Enumerable.Repeat(name, 7))}");
        scene.RunUntil(() => scene.Kernel.Signals.Count > 0, 5);
        Assert.Equal(hog.Pid, scene.Kernel.Signals[0].Pid);
        Assert.InRange(Remembered(scene), 100, 599);
        Assert.Contains(CgroupTable.TruncatedReason, scene.Snapshot.DegradedReasons);
        Assert.Contains(ProcessTable.LargestReason, scene.Snapshot.DegradedReasons);
    }

    [Fact]
    public void A_choice_among_cgroups_that_are_not_seen_in_full_does_not_ask_everybody_for_each()
    {
        const int Cgroups = 1500;
        var calls = new CountedCalls();
        using Scene scene = Many(
            """
            protect: [ { comm: fork } ]
            rules:
              - { name: a, when: mem.available_user < 50%, cooldown: 1min, then: [ { kill: { from: "**", victim: cgroup, signal: KILL } } ] }
            """,
            new SimulatedKernelOptions { Faults = calls });
        string name = new('x', 250);
        Fork(scene, Cgroups, n => $"/user.slice/{n}/{name}/{name}");
        scene.RunUntil(() => scene.Text.Contains("nobody qualifies", StringComparison.Ordinal), 5);
        Assert.Contains(CgroupTable.TruncatedReason, scene.Snapshot.DegradedReasons);
        Assert.InRange(calls.Count, 10 * Cgroups, 100 * Cgroups);
    }

    private static Scene Many(string policy, SimulatedKernelOptions? kernel = null)
    {
        var scene = new Scene(policy, new MachineOptions { RamBytes = 64L << 30 }, kernel);
        scene.Available(400);
        return scene;
    }

    private static SimulatedProcess[] Fork(Scene scene, int count, Func<int, string> cgroup) =>
        [.. Enumerable.Range(0, count).Select(n => scene.Start("fork", cgroup(n), 1))];

    private static int Remembered(Scene scene) => scene.Loop.Processes.Entries.Length;
}
