using System;
using System.Linq;
using PressureD.Core.Kernel;
using PressureD.Core.Publishing;
using PressureD.Simulation.Faults;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Workloads;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>What stops the killing, and what a restart of the daemon must not forget.</summary>
public sealed class BrakeTests
{
    private const long MiB = Scene.MiB;

    private const string Kill = """
        rules:
          - name: a
            when: mem.available_user < 50%
            cooldown: 500ms
            then: [ { kill: { from: "a/**", signal: KILL } } ]
        """;

    [Fact]
    public void Two_deaths_that_free_nothing_end_the_killing_until_pressure_is_over()
    {
        using Scene scene = Futile();
        scene.Run(25);
        Assert.Equal(2, scene.Kernel.Signals.Count);
        Assert.Single(scene.Of(DaemonEventKind.Braked));
        Assert.InRange(scene.Of(DaemonEventKind.HeldBack).Count(), 2, 3);

        scene.Available(900);
        scene.Run(28);
        Assert.Contains(scene.Of(DaemonEventKind.Braked), said => said.Text.Contains("brake released"));
        scene.Available(100);
        scene.RunUntil(() => scene.Kernel.Signals.Count == 3, 30);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Without_a_cooldown_not_one_more_dies_before_the_account_is_drawn(int limit)
    {
        using Scene scene = Futile(
            $"limits: {{ futile-kills: {limit} }}\n" + Kill.Replace("cooldown: 500ms", "cooldown: 0s"));
        scene.Run(25);
        Assert.Equal(limit, scene.Kernel.Signals.Count);
    }

    [Fact]
    public void What_lies_on_the_lists_of_processors_is_freed_though_it_does_not_count_as_available()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 500ms, then: [ { kill: { from: "a/**", signal: KILL } } ] }
            """);
        scene.Meminfo("MemAvailable", 400);
        for (int i = 0; i < 4; i++)
            scene.Start("a", $"/a/{i}", 50);
        scene.Run(10);
        Assert.Equal(4, scene.Kernel.Signals.Count);
        Assert.Empty(scene.Of(DaemonEventKind.Braked));
        Assert.All(scene.Of(DaemonEventKind.Killed), said => Assert.Matches(@"freed (49|5\d)\.\d MiB", said.Text));
    }

    [Fact]
    public void Another_policy_releases_the_brake()
    {
        using Scene scene = Futile();
        scene.Run(5);
        Assert.Equal(2, scene.Kernel.Signals.Count);
        scene.Loop.ReplacePolicy(Scene.Compile(Kill));
        scene.RunUntil(() => scene.Kernel.Signals.Count == 4, 10);
        scene.Run(12);
        Assert.Equal(4, scene.Kernel.Signals.Count);
    }

    [Fact]
    public void A_death_that_frees_what_it_should_counts_as_help()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 500ms, then: [ { kill: { from: "a/**", signal: KILL } } ] }
            """);
        for (int i = 0; i < 6; i++)
            scene.Start("a", $"/a/{i}", 50);
        scene.Run(10);
        Assert.Equal(6, scene.Kernel.Signals.Count);
        Assert.Empty(scene.Of(DaemonEventKind.Braked));
    }

    [Fact]
    public void What_others_take_meanwhile_does_not_count_against_a_death()
    {
        using Scene scene = new(Scene.Shipped);
        scene.Start("old", "/a/old", 100);
        for (int i = 0; i < 3; i++)
        {
            scene.Start("leak", $"/a/{i}", does: new LeakWorkload { BytesPerSecond = 60 * MiB });
        }

        scene.Run(30);
        Assert.Empty(scene.Machine.OomKills);
        Assert.Empty(scene.Of(DaemonEventKind.Braked));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    public void Kills_per_minute_are_kept(int limit)
    {
        using Scene scene = new($$"""
            limits: { kills-per-minute: {{limit}} }
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 1s, then: [ { kill: { from: "a/**", signal: KILL } } ] }
            """);
        for (int i = 0; i < 20; i++)
            scene.Start("a", $"/a/{i}", 20);
        scene.Run(55);
        Assert.Equal(limit, scene.Kernel.Signals.Count);
        Assert.Contains(scene.Events, said => said.Text.Contains("kills-per-minute"));
        scene.RunUntil(() => scene.Kernel.Signals.Count == limit + 1, 65);
        Assert.InRange(scene.Kernel.Signals[^1].Usec - scene.Kernel.Signals[0].Usec, 60_000_000, 60_200_000);
    }

    [Fact]
    public void The_most_kills_a_minute_that_a_policy_may_allow_still_end()
    {
        using Scene scene = new("""
            limits: { kills-per-minute: 48 }
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 100ms, then: [ { kill: { from: "a/**", signal: KILL } } ] }
            """);
        for (int i = 0; i < 60; i++)
            scene.Start("a", $"/a/{i}", 5);
        scene.Run(55);
        Assert.Equal(48, scene.Kernel.Signals.Count);
    }

    [Fact]
    public void The_brake_outlives_a_restart()
    {
        using Scene scene = Futile();
        scene.Run(5);
        using Scene again = scene.Restart();
        again.Run(15);
        Assert.Equal(2, again.Kernel.Signals.Count);
    }

    [Fact]
    public void Kills_per_minute_outlive_a_restart()
    {
        using Scene scene = new("""
            limits: { kills-per-minute: 2 }
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 500ms, then: [ { kill: { from: "a/**", signal: KILL } } ] }
            """);
        for (int i = 0; i < 5; i++)
            scene.Start("a", $"/a/{i}", 20);
        scene.Run(5);
        using Scene again = scene.Restart();
        again.Run(30);
        Assert.Equal(2, again.Kernel.Signals.Count);
    }

    [Fact]
    public void A_cooldown_outlives_a_restart()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 20s, then: [ { kill: { from: "a/**", signal: KILL } } ] }
            """);
        scene.Start("a", "/a/1", 20);
        scene.Start("b", "/a/2", 50);
        scene.Run(3);
        using Scene again = scene.Restart();
        again.RunUntil(() => again.Kernel.Signals.Count == 2, 25);
        Assert.InRange(again.Kernel.Signals[1].Usec - again.Kernel.Signals[0].Usec, 20_000_000, 20_300_000);
    }

    [Fact]
    public void A_restart_soon_after_an_act_takes_no_old_stall_for_new()
    {
        using Scene scene = new("""
            rules:
              - name: a
                when: psi.memory.full.avg10 > 20%
                cooldown: 1s
                then: [ { kill: { from: "a/**", signal: KILL } } ]
            """);
        scene.Pressure(60, 900_000_000);
        scene.Start("a", "/a/1", 20);
        scene.Start("b", "/a/2", 50);
        scene.Run(3);
        Assert.Single(scene.Kernel.Signals);
        using Scene again = scene.Restart();
        again.Run(8);
        Assert.Single(again.Kernel.Signals);

        // New stall counts, from the restart on.
        again.Pressure(60, 906_000_000);
        again.RunUntil(() => again.Kernel.Signals.Count == 2, 9.5);
    }

    [Theory]
    [InlineData("process")]
    [InlineData("cgroup")]
    public void A_TERM_in_flight_outlives_a_restart(string victim)
    {
        using Scene scene = new($$"""
            rules:
              - name: a
                when: mem.available > 1MiB
                then: [ { kill: { from: "a/**", victim: {{victim}}, signal: TERM, grace: 5s } } ]
            """);
        SimulatedProcess stubborn = scene.Start(new ProcessOptions
        {
            Comm = "stubborn", Cgroup = "/a/1", AnonBytes = 50 * MiB, IgnoresTerm = true,
        });
        SimulatedProcess other = scene.Start("other", "/a/2", 20);
        scene.Run(2);
        Assert.Equal([Signals.Term], scene.Kernel.Signals.Select(signal => signal.Number));
        using Scene again = scene.Restart();
        again.RunUntil(() => Scene.IsDead(stubborn), 10);
        Assert.InRange(again.Now, 5, 5.5);
        Assert.False(Scene.IsDead(other));
        Assert.Contains(again.Events, said => said.Text.Contains("took over"));
        again.Run(again.Now + 1);
        Assert.Contains(
            again.Of(DaemonEventKind.Killed),
            said => said.Text.Contains(victim == "process" ? "(stubborn)" : "cgroup /a/1"));
    }

    [Fact]
    public void A_KILL_in_flight_outlives_a_restart_and_its_account_is_unknown()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 1min, then: [ { kill: { from: "a/**", signal: KILL } } ] }
            """, kernel: new SimulatedKernelOptions { Faults = new ScriptedFaults().Stick(210, 3_000_000) });
        scene.Start("stuck", "/a/1", 50, pid: 210);
        scene.Start("other", "/a/2", 20);
        scene.Run(0.5);
        using Scene again = scene.Restart();
        again.Run(6);

        // Whether the first was sent before the daemon died it cannot know.
        Assert.Equal([210, 210], again.Kernel.Signals.Select(signal => signal.Pid));
        Assert.Contains("freed unknown", Assert.Single(again.Of(DaemonEventKind.Killed)).Text);
    }

    [Fact]
    public void A_KILL_that_was_noted_and_not_sent_is_sent_by_the_next()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 1min, then: [ { kill: { from: "a/**", signal: KILL } } ] }
            """);
        SimulatedProcess process = scene.Start("a", "/a/1", 50);
        scene.Kernel.BeforeSignal = (_, _) => throw new InvalidOperationException("the daemon dies here");
        Assert.Throws<InvalidOperationException>(() => scene.Run(3));
        scene.Kernel.BeforeSignal = null;
        using Scene again = scene.Restart();
        again.RunUntil(() => Scene.IsDead(process), again.Now + 1);
    }

    [Theory]
    [InlineData("process", "signal: TERM, grace: 5s, protect: [ { uid: 77 } ]", false, "protected")]
    [InlineData("cgroup", "signal: TERM, grace: 5s, protect: [ { uid: 77 } ]", false, "protected")]
    [InlineData("process", "signal: TERM, grace: 5s", true, "dry run")]
    [InlineData("cgroup", "signal: TERM, grace: 5s", true, "dry run")]
    public void A_victim_that_another_policy_spares_is_not_killed_after_its_grace(
        string victim, string how, bool dry, string said)
    {
        foreach (bool reload in new[] { true, false })
        {
            using Scene scene = new(Asking(victim, "signal: TERM, grace: 5s"));
            SimulatedProcess stubborn = scene.Start(new ProcessOptions
            {
                Comm = "stubborn", Cgroup = "/a/1", AnonBytes = 50 * MiB, IgnoresTerm = true, Uid = 77,
            });
            scene.Run(2);
            Assert.Single(scene.Kernel.Signals);
            string policy = Asking(victim, how, dry);
            if (reload)
                scene.Loop.ReplacePolicy(Scene.Compile(policy));
            using Scene after = reload ? scene : scene.Restart(policy);
            after.Run(20);
            Assert.False(Scene.IsDead(stubborn));
            Assert.Contains(after.Events, line => line.Text.Contains("left alone") && line.Text.Contains(said));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_victim_is_still_that_of_the_action_that_chose_it(bool reload)
    {
        const string ChainOfTwo = """
            rules:
              - name: low
                when: mem.available > 1MiB
                cooldown: 1h
                then:
                  - kill: { from: "b/**", protect: [ { comm: "^db$" } ], signal: KILL }
                  - kill: { from: "**", prefer: [ { comm: "^db$" } ], signal: TERM, grace: 5s }
            """;
        using Scene scene = new(ChainOfTwo);
        SimulatedProcess stubborn = scene.Start(new ProcessOptions
        {
            Comm = "db", Cgroup = "/a/1", AnonBytes = 50 * MiB, IgnoresTerm = true,
        });
        SimulatedProcess first = scene.Start("first", "/b/1", 20);
        scene.RunUntil(() => scene.Kernel.Signals.Count == 2, 5);
        Assert.Equal([first.Pid, stubborn.Pid], scene.Kernel.Signals.Select(sent => sent.Pid));
        if (reload)
            scene.Loop.ReplacePolicy(Scene.Compile(ChainOfTwo));
        using Scene after = reload ? scene : scene.Restart();
        after.RunUntil(() => Scene.IsDead(stubborn), 20);
        Assert.DoesNotContain(after.Events, said => said.Text.Contains("left alone"));
    }

    [Theory]
    [InlineData("process")]
    [InlineData("cgroup")]
    public void A_victim_that_came_to_be_untouchable_is_not_killed_after_its_grace(string victim)
    {
        using Scene scene = new(Asking(victim, "signal: TERM, grace: 5s"));
        SimulatedProcess stubborn = scene.Start(new ProcessOptions
        {
            Comm = "stubborn", Cgroup = "/a/1", AnonBytes = 50 * MiB, IgnoresTerm = true,
        });
        scene.At(3, () => scene.Files.Set($"/proc/{stubborn.Pid}/oom_score_adj", "-1000\n"));
        scene.Run(20);
        Assert.False(Scene.IsDead(stubborn));
        Assert.Contains(scene.Events, line => line.Text.Contains("left alone") && line.Text.Contains("oom_score_adj -1000"));
    }

    [Fact]
    public void A_victim_whose_rule_is_no_more_is_not_killed_after_its_grace()
    {
        using Scene scene = new(Asking("process", "signal: TERM, grace: 5s"));
        SimulatedProcess stubborn = scene.Start(new ProcessOptions
        {
            Comm = "stubborn", Cgroup = "/a/1", AnonBytes = 50 * MiB, IgnoresTerm = true,
        });
        scene.Run(2);
        scene.Loop.ReplacePolicy(Scene.Compile("""
            rules:
              - { name: other, when: mem.available > 1MiB, then: [ { kill: { from: "b/**", signal: KILL } } ] }
            """));
        scene.Run(20);
        Assert.False(Scene.IsDead(stubborn));
        Assert.Contains(scene.Events, line => line.Text.Contains("its rule is no more"));
    }

    private static string Asking(string victim, string how, bool dry = false) => $$"""
        rules:
          - name: a
            dry-run: {{(dry ? "true" : "false")}}
            when: mem.available > 1MiB
            cooldown: 1min
            then: [ { kill: { from: "a/**", victim: {{victim}}, {{how}} } } ]
        """;

    [Fact]
    public void A_cgroup_that_was_frozen_when_the_daemon_died_is_thawed_by_the_next()
    {
        using Scene scene = new("""
            rules:
              - name: a
                when: mem.available > 1MiB
                cooldown: 1min
                then: [ { kill: { from: "a/**", victim: cgroup, signal: KILL } } ]
            """, new MachineOptions { Profile = KernelProfile.Debian11 });
        SimulatedProcess process = scene.Start("a", "/a/1", 50);
        scene.Kernel.BeforeSignal = (_, _) => throw new InvalidOperationException("the daemon dies here");
        Assert.Throws<InvalidOperationException>(() => scene.Run(3));
        SimulatedCgroup cgroup = process.Cgroup;
        Assert.True(cgroup.FreezeRequested);
        scene.Kernel.BeforeSignal = null;
        using Scene again = scene.Restart();
        again.Step();
        Assert.False(cgroup.FreezeRequested);
        Assert.Contains(again.Events, said => said.Text.Contains("put back"));
    }

    [Fact]
    public void What_could_not_be_thawed_at_a_start_is_thawed_at_the_next()
    {
        var faults = new ScriptedFaults();
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, then: [ { kill: { from: "a/**", victim: cgroup, signal: KILL } } ] }
            """, new MachineOptions { Profile = KernelProfile.Debian11 }, new SimulatedKernelOptions { Faults = faults });
        SimulatedProcess process = scene.Start("a", "/a/1", 50);
        scene.Kernel.BeforeSignal = (_, _) => throw new InvalidOperationException("the daemon dies here");
        Assert.Throws<InvalidOperationException>(() => scene.Run(3));
        scene.Kernel.BeforeSignal = null;
        faults.Fail(KernelCallKind.WriteControl, "cgroup.freeze", Errno.EACCES);
        using Scene second = scene.Restart();
        Assert.NotNull(second.Loop);
        Assert.Contains(second.Events, said => said.Text.Contains("could not put back"));
        Assert.True(process.Cgroup.FreezeRequested);
        using Scene third = scene.Restart();
        Assert.NotNull(third.Loop);
        Assert.False(process.Cgroup.FreezeRequested);
    }

    /// <summary>Memory that is full of what no kill frees.</summary>
    private static Scene Futile(string policy = Kill)
    {
        var scene = new Scene(policy);
        scene.Available(100);
        for (int i = 0; i < 6; i++)
            scene.Start("tmpfs", $"/a/{i}", 40);
        return scene;
    }
}
