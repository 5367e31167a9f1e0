using System.Linq;
using System.Text;
using PressureD.Core.Kernel;
using PressureD.Core.Publishing;
using PressureD.Simulation.Faults;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>Functions over groups of cgroups, and which cgroups a rule is for.</summary>
public sealed class GroupTests
{
    [Fact]
    public void Exists_follows_cgroups_that_come_and_go()
    {
        using Scene scene = Host("exists(\"job/{a,b}*\")");
        scene.Start("x", "/job/c1", 1);
        SimulatedProcess[] started = new SimulatedProcess[1];
        scene.At(3, () => started[0] = scene.Start("x", "/job/b1", 1));
        scene.At(6, () =>
        {
            scene.Machine.Move(started[0], scene.Machine.Root);
            scene.Machine.RemoveCgroup(scene.Machine.FindCgroup("/job/b1")!);
        });
        scene.Run(9);

        // The tree is looked at once a second.
        Assert.InRange(Assert.Single(scene.Fired("r")), 3_000_000, 4_100_000);
        Assert.InRange(Assert.Single(scene.Events, said => said.Text.Contains("over after")).Usec, 6_000_000, 7_100_000);
    }

    [Fact]
    public void Count_counts_those_for_which_the_condition_holds()
    {
        using Scene scene = Host("count(\"job/*\", memory.current > 100MiB) >= 2 and count(\"job/*\") == 3");
        foreach (string name in (string[])["a", "b", "c"])
            scene.Start("x", "/job/" + name, 1);
        Current(scene, "a", 200);
        Current(scene, "b", 50);
        Current(scene, "c", 100);
        scene.At(4, () => Current(scene, "c", 101));
        scene.Run(7);
        Assert.Equal([scene.StepAt(4)], scene.Fired("r"));
    }

    [Fact]
    public void Any_keeps_a_hold_time_for_each_of_them()
    {
        // Each of them is over for 3 s, one after the other, and none for 4 s until b stays.
        using Scene scene = Host("any(\"job/*\", psi.memory.full.avg10 > 20% for 4s)");
        foreach (string name in (string[])["a", "b"])
            scene.Start("x", "/job/" + name, 1);
        scene.Pressure(30, cgroup: "/job/a");
        scene.Pressure(0, cgroup: "/job/b");
        scene.At(3, () => scene.Pressure(0, cgroup: "/job/a"));
        scene.At(3, () => scene.Pressure(30, cgroup: "/job/b"));
        scene.Run(9);
        Assert.Equal([scene.Steps.First(usec => usec >= scene.StepAt(3) + 4_000_000)], scene.Fired("r"));
    }

    [Fact]
    public void All_needs_somebody_and_everybody()
    {
        using Scene scene = Host("all(\"job/*\", psi.memory.some.avg10 > 10%)");
        scene.Run(3);
        Assert.Empty(scene.Fired("r"));
        foreach (string name in (string[])["a", "b"])
            scene.Start("x", "/job/" + name, 1);
        scene.Pressure(30, cgroup: "/job/a");
        scene.Pressure(0, cgroup: "/job/b");
        scene.At(6, () => scene.Pressure(11, cgroup: "/job/b"));
        scene.Run(8);
        Assert.Equal([scene.StepAt(6)], scene.Fired("r"));
    }

    [Theory]
    [InlineData("max_of(\"job/*\", memory.current) > 299MiB", 300, 10)]
    [InlineData("sum_of(\"job/*\", memory.current) >= 400MiB", 300, 100)]
    [InlineData("min_of(\"job/*\", memory.current) > 100MiB", 300, 101)]
    [InlineData("max_of(\"job/*\", memory.current) > 30%", 310, 10)]
    public void Values_of_a_group_are_combined(string when, int a, int b)
    {
        using Scene scene = Host(when);
        scene.Available(900);
        foreach (string name in (string[])["a", "b"])
            scene.Start("x", "/job/" + name, 1);
        Current(scene, "a", 90);
        Current(scene, "b", 10);
        scene.At(4, () => Current(scene, "a", a));
        scene.At(4, () => Current(scene, "b", b));
        scene.Run(7);
        Assert.Equal([scene.StepAt(4)], scene.Fired("r"));
    }

    [Fact]
    public void Of_nobody_there_is_no_greatest_value_and_nothing_is_degraded()
    {
        using Scene scene = Host("not max_of(\"job/*\", memory.current) > 1GiB or min_of(\"job/*\", memory.current) < 1GiB");
        scene.Run(9);
        Assert.Empty(scene.Fired("r"));
        Assert.DoesNotContain(scene.Snapshot.DegradedReasons, reason => reason.Contains("rule r "));
        scene.Start("x", "/job/a", 1);
        scene.Run(11);
        Assert.Single(scene.Fired("r"));
    }

    [Fact]
    public void A_group_that_cannot_be_read_degrades_the_rule_by_name()
    {
        using Scene scene = Host("any(\"job/*\", memory.zswap.current > 1GiB)");
        scene.Start("x", "/job/a", 1);
        scene.Run(9);
        Assert.Contains(scene.Snapshot.DegradedReasons, reason => reason.Contains("rule r "));
    }

    [Fact]
    public void Below_the_match_is_below_each_match()
    {
        using var scene = new Scene("""
            rules:
              - name: r
                for-each: "slice*"
                when: any("./*", memory.current > 100MiB) and count("./**") >= 2
                then: [ { notify: low } ]
            """);
        scene.Start("x", "/slice1/a/b", 1);
        scene.Start("x", "/slice2/a/b", 1);
        scene.Files.Set("/sys/fs/cgroup/slice1/a/b/memory.current", $"{900 * Scene.MiB}\n");
        scene.Files.Set("/sys/fs/cgroup/slice1/a/memory.current", "0\n");
        scene.Files.Set("/sys/fs/cgroup/slice2/a/memory.current", $"{90 * Scene.MiB}\n");
        scene.At(4, () => scene.Files.Set("/sys/fs/cgroup/slice2/a/memory.current", $"{101 * Scene.MiB}\n"));
        scene.Run(7);
        Said fired = Assert.Single(scene.Of(DaemonEventKind.RuleFired));
        Assert.StartsWith("r [/slice2]: fired", fired.Text);
        Assert.Equal(scene.StepAt(4), fired.Usec);
    }

    [Fact]
    public void After_an_act_averages_of_a_group_are_judged_by_what_stalls_since()
    {
        using var scene = new Scene("""
            rules:
              - name: r
                when: any("job/*", psi.memory.full.avg10 > 20%)
                cooldown: 1s
                then: [ { kill: { from: "victims/**", signal: KILL } } ]
            """);
        foreach (string name in (string[])["a", "b", "c"])
            scene.Start("v", "/victims/" + name, 20);
        scene.Start("x", "/job/a", 1);
        scene.Pressure(60, 1_000_000, "/job/a");
        scene.Run(5);
        Assert.Single(scene.Kernel.Signals);
        scene.At(5, () => scene.Pressure(50, 2_400_000, "/job/a"));
        scene.RunUntil(() => scene.Kernel.Signals.Count == 2, 5.3);
    }

    [Theory]
    [InlineData("job/*", new[] { "/job/a", "/job/b" })]
    [InlineData("job/**", new[] { "/job/a", "/job/b", "/job/a/deep" })]
    [InlineData("{job,other}/a", new[] { "/job/a", "/other/a" })]
    [InlineData("**/a", new[] { "/job/a", "/other/a" })]
    public void For_each_watches_what_its_pattern_says(string pattern, string[] expected)
    {
        using var scene = new Scene($$"""
            rules:
              - { name: r, for-each: "{{pattern}}", when: memory.current >= 0B, then: [ { notify: low } ] }
            """);
        foreach (string path in (string[])["/job/a/deep", "/job/b", "/other/a"])
            scene.Start("x", path, 1);
        scene.Run(2);
        string[] fired = [.. scene.Of(DaemonEventKind.RuleFired).Select(said => said.Text.Split('[', ']')[1])];
        Assert.Equal(expected.Order(), fired.Order());
    }

    [Theory]
    [InlineData("xattr: user.guard", "yes")]
    [InlineData("xattr: user.guard, value: strict", "strict")]
    public void An_attribute_is_read_at_appearance_and_refreshed_with_the_tree(string filter, string value)
    {
        using var scene = new Scene($$"""
            rules:
              - name: r
                for-each: { cgroup: "job/*", {{filter}} }
                when: memory.current > 0B and any("./*", memory.current > 0B)
                then: [ { notify: low } ]
            """);
        foreach (string name in (string[])["a", "b", "c"])
            scene.Start("x", $"/job/{name}/below", 1);
        Attribute(scene, "a", value);
        Attribute(scene, "b", filter.Contains("value") ? "lax" : null);
        scene.Run(2);
        Assert.Equal(["r [/job/a]"], scene.Of(DaemonEventKind.RuleFired).Select(said => said.Text.Split(':')[0]));

        scene.At(3, () => Attribute(scene, "b", value));
        scene.At(5, () => Attribute(scene, "a", null));
        scene.Run(7);
        Said[] fired = [.. scene.Of(DaemonEventKind.RuleFired)];
        Assert.Equal("r [/job/b]", fired[1].Text.Split(':')[0]);
        Assert.InRange(fired[1].Usec, 3_000_000, 4_100_000);

        Said over = Assert.Single(scene.Events, said => said.Text.Contains("over after"));
        Assert.StartsWith("r [/job/a]", over.Text);
        Assert.InRange(over.Usec, 5_000_000, 6_100_000);

        // Who loses it is watched no more, and its state with it: set again it starts afresh.
        scene.At(8, () => Attribute(scene, "a", value));
        scene.Run(10);
        Assert.Equal(3, scene.Of(DaemonEventKind.RuleFired).Count());
    }

    [Fact]
    public void An_attribute_that_cannot_be_read_for_a_moment_changes_nothing()
    {
        using var scene = new Scene("""
            rules:
              - name: r
                for-each: { cgroup: "job/*", xattr: user.guard }
                when: memory.current > 0B for 5s
                then: [ { notify: low } ]
            """, kernel: new SimulatedKernelOptions
        {
            Faults = new ScriptedFaults().Fail(
                KernelCallKind.GetXattr, "user.guard", Errno.EIO, times: 3, new MachineOptions().StartUsec + 1_500_000),
        });
        scene.Start("x", "/job/a", 1);
        Attribute(scene, "a", "1");
        scene.Run(8);
        Assert.Equal([scene.Steps.First(usec => usec >= scene.Steps[0] + 5_000_000)], scene.Fired("r"));
    }

    private static Scene Host(string when) => new($$"""
        rules:
          - name: r
            when: {{when}}
            then: [ { notify: low } ]
        """);

    private static void Current(Scene scene, string name, long mib) =>
        scene.Files.Set($"/sys/fs/cgroup/job/{name}/memory.current", $"{mib * Scene.MiB}\n");

    private static void Attribute(Scene scene, string name, string? value)
    {
        var attributes = scene.Machine.FindCgroup("/job/" + name)!.Attributes;
        if (value is null)
            attributes.Remove("user.guard");
        else
            attributes["user.guard"] = Encoding.UTF8.GetBytes(value);
    }
}
