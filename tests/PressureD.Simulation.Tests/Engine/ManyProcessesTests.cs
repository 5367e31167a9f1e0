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

    [Theory]
    [InlineData("mem.available_user < 1% or mem.available_user < 90% for 1h", "**", 300_000, 1.2)]
    [InlineData("mem.available_user < 1% or mem.available_user < 90% for 1h", "**", 2_000_000, 2)]
    [InlineData("mem.available_user < 50%", "none/**", 300_000, 0.6)]
    public void A_look_that_takes_long_is_followed_by_a_rest(string when, string from, long lookUsec, double everySeconds)
    {
        string rule = $$"""when: {{when}}, cooldown: 1s, then: [ { kill: { from: "{{from}}", rank: [growth] } } ] }""";
        using Scene scene = Many($$"""
            rules:
              - { name: a, {{rule}}
              - { name: b, {{rule}}
            """);
        scene.Available(150);
        scene.Start("one", "/app.slice/one", 30);
        scene.Run(10);
        int quick = scene.Kernel.Listings.Count;
        Assert.InRange(quick, 10, 30);
        scene.Kernel.ListingUsec = lookUsec;
        scene.Run(40);

        // Those ahead of need and those of choices that find nobody may alternate.
        Assert.InRange(scene.Kernel.Listings.Count - quick, 30 / (2 + everySeconds), 1 + (30 / everySeconds));
    }

    [Fact]
    public void Whoever_finds_room_is_there_again_when_those_that_took_it_are_gone()
    {
        using Scene scene = Many(Processes.Replace("\"**\"", "\"none/**\"", StringComparison.Ordinal));
        SimulatedProcess[] large = [.. Enumerable.Range(0, 2500).Select(_ => scene.Start("large", "/a", 7))];
        for (int n = 0; n < 4500; n++)
            scene.Start("medium", $"/b/{n % 100}", 4);
        scene.RunUntil(() => scene.Snapshot.DegradedReasons.Contains(ProcessTable.LargestReason), 5);
        scene.Run(scene.Now + 3);
        foreach (SimulatedProcess process in large.Skip(200))
            scene.Machine.Exit(process);
        for (int look = 1; look <= 10; look++)
        {
            long scannedUsec = scene.Loop.Processes.ScannedUsec;
            scene.RunUntil(() => scene.Loop.Processes.ScannedUsec > scannedUsec, scene.Now + 5);
            Assert.InRange(Remembered(scene), ProcessTable.MaxEntries * 7 / 16, ProcessTable.MaxEntries);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Those_that_are_left_out_are_asked_for_one_file_by_the_next_look(bool areAlike)
    {
        const int Forked = 3 * ProcessTable.MaxEntries;
        var calls = new CountedCalls();
        using Scene scene = Many(
            Processes.Replace("\"**\"", "\"none/**\"", StringComparison.Ordinal),
            new SimulatedKernelOptions { Faults = calls });
        for (int n = 0; n < Forked; n++)
            scene.Start("fork", $"/fork.slice/{n % 10}", areAlike ? 1 : 1 + (n / 10 % 4));
        long scannedUsec = 0;
        for (int look = 1; look <= 20; look++)
        {
            calls.Reset();
            scene.RunUntil(() => scene.Loop.Processes.ScannedUsec > scannedUsec, scene.Now + 15);
            scannedUsec = scene.Loop.Processes.ScannedUsec;
            if (look > 2)
                Assert.InRange(calls.Count, Forked, Forked * 7 / 5);
        }

        SimulatedProcess hog = scene.Machine.Processes.Last(static process => process.Comm == "fork");
        scene.Machine.Fill(scene.Machine.MapRegion(hog, RegionKind.Anon), Pages.FromMiB(500));
        scene.RunUntil(() => scene.Loop.Processes.ScannedUsec > scannedUsec, scene.Now + 15);
        Assert.Contains(hog.Pid, scene.Loop.Processes.Entries.ToArray().Select(static entry => entry.Pid));
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
