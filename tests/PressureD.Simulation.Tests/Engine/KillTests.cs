using System;
using System.Linq;
using PressureD.Core.Commands;
using PressureD.Core.Kernel;
using PressureD.Core.Publishing;
using PressureD.Simulation.Faults;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Workloads;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>Whom a kill takes, in which order, and what comes of it.</summary>
public sealed class KillTests
{
    private const long MiB = Scene.MiB;
    private const double FiresAfter = 2;

    [Fact]
    public void One_new_victim_in_a_step_over_all_rules()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 1min, then: [ { kill: { from: "a/**", signal: TERM } } ] }
              - { name: b, when: mem.available > 1MiB, cooldown: 1min, then: [ { kill: { from: "b/**", signal: TERM } } ] }
            """);
        scene.Start("a", "/a/1", 50);
        scene.Start("b", "/b/1", 50);
        scene.Run(3);
        Assert.Equal(2, scene.Kernel.Signals.Count);
        Assert.NotEqual(scene.Kernel.Signals[0].Usec, scene.Kernel.Signals[1].Usec);
    }

    [Fact]
    public void No_second_kill_while_the_first_ones_memory_is_on_its_way()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 1min, then: [ { kill: { from: "a/**", signal: KILL } } ] }
              - { name: b, when: mem.available > 1MiB, cooldown: 1min, then: [ { kill: { from: "b/**", signal: KILL } } ] }
            """, kernel: new SimulatedKernelOptions { Faults = new ScriptedFaults().Stick(210, 2_000_000) });
        scene.Start("a", "/a/1", 50, pid: 210);
        scene.Start("b", "/b/1", 50);
        scene.Run(4);
        SentSignal[] sent = [.. scene.Kernel.Signals];
        Assert.Equal(2, sent.Length);
        Assert.Equal(210, sent[0].Pid);
        Assert.InRange(sent[1].Usec - sent[0].Usec, 500_000, 560_000);
    }

    [Fact]
    public void No_second_kill_while_one_that_obeys_TERM_is_giving_its_memory_back()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 1min, then: [ { kill: { from: "a/**", signal: TERM, grace: 1min } } ] }
              - { name: b, when: mem.available > 1MiB, cooldown: 1min, then: [ { kill: { from: "b/**", signal: KILL } } ] }
            """);
        SimulatedProcess slow = scene.Start(new ProcessOptions
        {
            Comm = "slow", Cgroup = "/a/1", AnonBytes = 50 * MiB, ExitUsecPerMiB = 40_000,
        });
        SimulatedProcess other = scene.Start("b", "/b/1", 50);
        scene.RunUntil(() => Scene.IsDead(other), 6);
        SentSignal[] sent = [.. scene.Kernel.Signals];
        Assert.Equal([Signals.Term, Signals.Kill], sent.Select(signal => signal.Number));
        Assert.Equal([slow.Pid, other.Pid], sent.Select(signal => signal.Pid));
        Assert.InRange(other.DyingSinceUsec, slow.EndedUsec, slow.EndedUsec + 100_000);
        Assert.True(sent[1].Usec - sent[0].Usec > 1_900_000);
    }

    /// <summary>Of a process with several threads, the main one has often ended when another gives the memory back.</summary>
    [Theory]
    [InlineData("process", false)]
    [InlineData("process-group", false)]
    [InlineData("cgroup", false)]
    [InlineData("process", true)]
    [InlineData("process-group", true)]
    [InlineData("cgroup", true)]
    public void Nobody_else_is_taken_when_one_that_was_sent_TERM_begins_to_leave_while_another_rule_chooses(
        string kind, bool leaderless)
    {
        using Scene scene = new($$"""
            rules:
              - name: soon
                when: mem.available < 750MiB
                cooldown: 1min
                then: [ { kill: { from: "**", victim: {{kind}}, signal: TERM, grace: 10s } } ]
              - name: now
                when: mem.available < 750MiB
                cooldown: 1min
                then: [ { kill: { from: "**", signal: KILL } } ]
            """);
        SimulatedProcess big = scene.Start(new ProcessOptions
        {
            Comm = "big", Cgroup = "/a/1", AnonBytes = 200 * MiB, Uid = 1000, IgnoresTerm = true,
            ExitUsecPerMiB = 5_000, Leaderless = leaderless,
        });
        SimulatedProcess innocent = scene.Start("innocent", "/b/1", 50);
        scene.Kernel.BeforeReadProcess = (pid, file) =>
        {
            // Its statm is read when somebody is chosen; between that and the signal some time has passed.
            if (pid == big.Pid && file == ProcessFile.Statm && scene.Kernel.Signals.Count > 0)
                scene.Machine.Exit(big);
        };
        scene.RunUntil(() => Scene.IsDead(big), 5);
        Assert.True(big.EndedUsec - big.DyingSinceUsec > 900_000);
        scene.Run(scene.Now + 2);
        Assert.True(innocent.State == ProcessState.Running, scene.Text);
    }

    [Theory]
    [InlineData(300, false)]
    [InlineData(5_000, true)]
    public void Whoever_leaves_by_himself_with_more_than_a_victim_has_is_waited_for_half_a_second(int msec, bool dies)
    {
        using Scene scene = OneLeaves(leavingMiB: 200, stayingMiB: 50, out SimulatedProcess staying);
        scene.At(FiresAfter + (msec / 1e3), () => scene.Pressure(0));
        scene.Run(FiresAfter + 2.5);
        long firedUsec = Assert.Single(scene.Fired("now"));
        Assert.InRange(firedUsec, FiresAfter * 1e6, (FiresAfter * 1e6) + 150_000);
        Assert.True(dies == Scene.IsDead(staying), scene.Text);
        if (dies)
        {
            long signalledUsec = scene.Of(DaemonEventKind.SignalSent).First().Usec;
            Assert.InRange(signalledUsec - firedUsec, 350_000, 560_000);
        }

        scene.Pressure(0);
        scene.Run(scene.Now + 130);
        Assert.Contains(
            scene.Incidents.Written, incident => incident.GetRawText().Contains("somebody else is leaving"));
    }

    [Fact]
    public void Whoever_leaves_by_himself_is_waited_for_also_when_its_main_thread_has_ended_first()
    {
        using Scene scene = OneLeaves(leavingMiB: 200, stayingMiB: 50, out SimulatedProcess staying, leaderless: true);
        scene.RunUntil(() => staying.State != ProcessState.Running, FiresAfter + 2.5);
        long firedUsec = Assert.Single(scene.Fired("now"));
        Assert.InRange(scene.Of(DaemonEventKind.SignalSent).First().Usec - firedUsec, 350_000, 560_000);
    }

    [Fact]
    public void Whoever_leaves_by_himself_with_less_than_the_victim_has_is_not_waited_for()
    {
        using Scene scene = OneLeaves(leavingMiB: 50, stayingMiB: 200, out SimulatedProcess staying);
        scene.RunUntil(() => staying.State != ProcessState.Running, FiresAfter + 0.2);
    }

    [Theory]
    [InlineData("process", "")]
    [InlineData("process-group", "")]
    [InlineData("cgroup", "")]
    [InlineData("process", "a")]
    public void No_second_kill_while_the_first_one_visibly_comes_apart(string kind, string second)
    {
        string other = second.Length > 0 ? second : "b";
        using Scene scene = new($$"""
            rules:
              - name: a
                when: mem.available > 1MiB
                cooldown: 0s
                then: [ { kill: { from: "a/**", victim: {{kind}}, signal: KILL } } ]
              - name: b
                when: mem.available > 1MiB
                cooldown: 1min
                then: [ { kill: { from: "{{other}}/**", signal: KILL } } ]
            """);
        SimulatedProcess slow = scene.Start(new ProcessOptions
        {
            Comm = "slow", Cgroup = "/a/1", AnonBytes = 100 * MiB, ExitUsecPerMiB = 40_000,
        });
        SimulatedProcess next = scene.Start("next", $"/{other}/2", 50);
        scene.RunUntil(() => Scene.IsDead(next), 10);
        Assert.InRange(slow.EndedUsec - slow.DyingSinceUsec, 3_900_000, 4_100_000);
        Assert.InRange(next.DyingSinceUsec, slow.EndedUsec, slow.EndedUsec + 100_000);
    }

    [Fact]
    public void The_next_follows_when_a_victim_stops_coming_apart()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 1min, then: [ { kill: { from: "a/**", victim: cgroup, signal: KILL } } ] }
              - { name: b, when: mem.available > 1MiB, cooldown: 1min, then: [ { kill: { from: "b/**", signal: KILL } } ] }
            """, kernel: new SimulatedKernelOptions { Faults = new ScriptedFaults().Stick(210, 60_000_000) });
        scene.Start("stuck", "/a/1", 50, pid: 210);
        SimulatedProcess slow = scene.Start(new ProcessOptions
        {
            Comm = "slow", Cgroup = "/a/1", AnonBytes = 50 * MiB, ExitUsecPerMiB = 40_000,
        });
        SimulatedProcess next = scene.Start("next", "/b/1", 50);
        scene.RunUntil(() => Scene.IsDead(next), 5);
        Assert.InRange(next.DyingSinceUsec - slow.EndedUsec, 100_000, 600_000);
    }

    [Fact]
    public void A_victim_that_comes_apart_for_long_is_waited_for_ten_seconds()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 1min, then: [ { kill: { from: "a/**", signal: KILL } } ] }
              - { name: b, when: mem.available > 1MiB, cooldown: 1min, then: [ { kill: { from: "b/**", signal: KILL } } ] }
            """);
        SimulatedProcess slow = scene.Start(new ProcessOptions
        {
            Comm = "slow", Cgroup = "/a/1", AnonBytes = 100 * MiB, ExitUsecPerMiB = 200_000,
        });
        scene.Start("next", "/b/1", 50);
        scene.RunUntil(() => Scene.IsDead(slow), 25);
        SentSignal[] sent = [.. scene.Kernel.Signals];
        Assert.Equal(2, sent.Length);
        Assert.InRange(sent[1].Usec - sent[0].Usec, 10_000_000, 10_100_000);
        Assert.DoesNotContain(scene.Events, said => said.Text.Contains("gave up"));
    }

    [Fact]
    public void What_a_dying_victim_holds_counts_as_available_for_half_a_second()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available_user < 30%, cooldown: 100ms, then: [ { kill: { from: "a/**", signal: KILL } } ] }
            """, kernel: new SimulatedKernelOptions { Faults = new ScriptedFaults().Stick(210, 400_000) });
        scene.Start("small", "/a/2", 100);
        scene.Start("big", "/a/1", 600, pid: 210);
        scene.Run(4);
        Assert.Equal([210], scene.Kernel.Signals.Select(signal => signal.Pid));
        Assert.Contains(scene.Events, said => said.Text.Contains("over after") && said.Usec < scene.Kernel.Signals[0].Usec + 300_000);
    }

    [Fact]
    public void Grace_lasts_as_long_as_it_says_and_then_KILL_comes()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, then: [ { kill: { from: "a/**", signal: TERM, grace: 2s } } ] }
            """);
        SimulatedProcess stubborn = scene.Start(new ProcessOptions
        {
            Comm = "stubborn", Cgroup = "/a/1", AnonBytes = 50 * MiB, IgnoresTerm = true,
        });
        scene.RunUntil(() => Scene.IsDead(stubborn), 5);
        SentSignal[] sent = [.. scene.Kernel.Signals];
        Assert.Equal([Signals.Term, Signals.Kill], sent.Select(signal => signal.Number));
        Assert.InRange(sent[1].Usec - sent[0].Usec, 2_000_000, 2_050_000);
    }

    [Fact]
    public void Who_is_moved_out_of_what_a_rule_takes_from_in_its_grace_lives()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, then: [ { kill: { from: "a/**", signal: TERM, grace: 2s } } ] }
            """);
        SimulatedProcess moved = scene.Start(Stubborn("/a/1"));
        SimulatedCgroup elsewhere = scene.Start("neighbour", "/b/1", 10).Cgroup;
        scene.RunUntil(() => scene.Kernel.Signals.Count > 0, 2);
        scene.Machine.Move(moved, elsewhere);
        scene.Run(10);
        Assert.False(Scene.IsDead(moved));
        Assert.Equal([Signals.Term], scene.Kernel.Signals.Select(signal => signal.Number));
        Assert.Contains(scene.Events, said => said.Text.Contains("left alone") && said.Text.Contains("outside from"));
        Assert.Contains(scene.Events, said => said.Text.Contains("left alone") && said.Text.Contains("in /b/1"));
    }

    [Fact]
    public void Who_is_moved_within_what_a_rule_takes_from_is_told_of_where_it_is()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, then: [ { kill: { from: "a/**", signal: TERM, grace: 2s } } ] }
            """);
        SimulatedProcess moved = scene.Start(Stubborn("/a/1"));
        SimulatedCgroup elsewhere = scene.Start("neighbour", "/a/2", 1).Cgroup;
        scene.RunUntil(() => scene.Kernel.Signals.Count > 0, 2);
        scene.Machine.Move(moved, elsewhere);
        scene.RunUntil(() => Scene.IsDead(moved), 10);
        Said kill = Assert.Single(scene.Events, said => said.Text.Contains($"KILL to {moved.Pid} (stubborn)"));
        Assert.Contains("in /a/2", kill.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void However_many_are_asked_to_leave_there_is_a_place_for_a_kill()
    {
        using Scene scene = AskedForLong(12, "from: z, signal: KILL");
        SimulatedProcess last = scene.Start("last", "/z", 50);
        scene.Run(20);
        int asked = scene.Kernel.Signals.Count;
        Assert.InRange(asked, 3, 8);
        Assert.Contains("ask: no kill, as many victims as there can be", scene.Text, StringComparison.Ordinal);
        string why = CommandTests.Values(scene.Ask(CommandKind.WhyNot, "ask"));
        Assert.Contains("no-place|", why, StringComparison.Ordinal);
        scene.Available(100);
        scene.RunUntil(() => Scene.IsDead(last), 22);
        Assert.Equal(asked + 1, scene.Kernel.Signals.Count);
    }

    [Fact]
    public void A_shorter_grace_needs_no_place_of_its_own()
    {
        using Scene scene = AskedForLong(5, "from: 'u/**', signal: TERM, grace: 1s");
        scene.At(5, () => scene.Start("small", "/u/small/x", 20));
        scene.Run(20);
        Assert.Contains("ask: no kill, as many victims as there can be", scene.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(scene.Kernel.Signals, signal => signal.Number == Signals.Kill);
        scene.Available(100);
        scene.RunUntil(() => scene.Kernel.Signals.Any(signal => signal.Number == Signals.Kill), 24);
    }

    /// <summary>Some whom a rule asks to leave and who do not, and another rule that kills when memory is scarce.</summary>
    private static Scene AskedForLong(int count, string kill)
    {
        var scene = new Scene($$"""
            limits: { kills-per-minute: 48 }
            rules:
              - name: ask
                for-each: "u/*"
                when: memory.current > 10MiB
                cooldown: 1s
                then: [ { kill: { from: "./**", signal: TERM, grace: 2min } } ]
              - name: scarce
                when: mem.available_user < 20%
                cooldown: 1min
                then: [ { kill: { {{kill}} } } ]
            """);
        scene.Available(400);
        for (int i = 0; i < count; i++)
            scene.Start(Stubborn($"/u/{i}/x"));
        return scene;
    }

    private static ProcessOptions Stubborn(string cgroup) =>
        new() { Comm = "stubborn", Cgroup = cgroup, AnonBytes = 50 * MiB, IgnoresTerm = true };

    [Fact]
    public void Who_ignores_TERM_lives_when_pressure_is_over()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available_user < 50%, then: [ { kill: { from: "a/**", signal: TERM, grace: 3s } } ] }
            """);
        scene.Available(400);
        SimulatedProcess stubborn = scene.Start(new ProcessOptions
        {
            Comm = "stubborn", Cgroup = "/a/1", AnonBytes = 50 * MiB, IgnoresTerm = true,
        });
        scene.At(2, () => scene.Available(800));
        scene.Run(20);
        Assert.False(Scene.IsDead(stubborn));
        Assert.Equal([Signals.Term], scene.Kernel.Signals.Select(signal => signal.Number));
        Assert.Contains(scene.Events, said => said.Text.Contains("left alone"));
    }

    [Theory]
    [InlineData("process")]
    [InlineData("cgroup")]
    public void A_rule_that_kills_does_not_wait_for_the_grace_of_one_that_asked(string victim)
    {
        using Scene scene = new($$"""
            rules:
              - name: ask
                when: mem.available_user < 50%
                then: [ { kill: { from: "a/**", victim: {{victim}}, signal: TERM, grace: 1min } } ]
              - name: kill
                when: mem.available_user < 20%
                then: [ { kill: { from: "a/**", victim: {{victim}}, signal: KILL } } ]
            """);
        scene.Available(400);
        SimulatedProcess stubborn = scene.Start(new ProcessOptions
        {
            Comm = "stubborn", Cgroup = "/a/1", AnonBytes = 50 * MiB, IgnoresTerm = true,
        });
        SimulatedProcess small = scene.Start("small", "/a/2", 20);
        scene.At(3, () => scene.Available(100));
        scene.RunUntil(() => Scene.IsDead(stubborn), 4);
        Assert.InRange(scene.Now, 3, 3.3);
        Assert.False(Scene.IsDead(small));
        Assert.Contains(scene.Events, said => said.Text.Contains("KILL, before its grace is over"));
        Assert.Single(scene.Of(DaemonEventKind.SignalSent), said => said.Rule == "kill");
    }

    [Theory]
    [InlineData("KILL", "process")]
    [InlineData("KILL", "cgroup")]
    [InlineData("TERM, grace: 2s", "process")]
    public void A_rule_whose_victim_another_one_took_over_keeps_to_its_cooldown(string signal, string victim)
    {
        using Scene scene = new($$"""
            rules:
              - name: ask
                when: mem.available_user < 50%
                cooldown: 1min
                then: [ { kill: { from: "a/**", victim: {{victim}}, signal: TERM, grace: 1min } } ]
              - name: kill
                when: mem.available_user < 20%
                cooldown: 1min
                then: [ { kill: { from: "a/**", victim: {{victim}}, signal: {{signal}} } } ]
            """);
        scene.Available(400);
        SimulatedProcess stubborn = scene.Start(new ProcessOptions
        {
            Comm = "stubborn", Cgroup = "/a/1", AnonBytes = 50 * MiB, IgnoresTerm = true,
        });
        SimulatedProcess small = scene.Start("small", "/a/2", 20);
        scene.At(3, () => scene.Available(100));
        scene.Run(40);
        Assert.True(Scene.IsDead(stubborn));
        Assert.False(Scene.IsDead(small), scene.Text);
        Assert.Single(scene.Of(DaemonEventKind.SignalSent), said => said.Rule == "ask");
    }

    [Theory]
    [InlineData("process")]
    [InlineData("cgroup")]
    public void A_rule_that_asks_with_a_shorter_grace_takes_the_victim_over(string victim)
    {
        using Scene scene = new($$"""
            rules:
              - name: patient
                when: mem.available_user < 50%
                then: [ { kill: { from: "a/**", victim: {{victim}}, signal: TERM, grace: 1min } } ]
              - name: urgent
                when: mem.available_user < 20%
                then: [ { kill: { from: "a/**", victim: {{victim}}, signal: TERM, grace: 2s } } ]
            """);
        scene.Available(400);
        SimulatedProcess stubborn = scene.Start(new ProcessOptions
        {
            Comm = "stubborn", Cgroup = "/a/1", AnonBytes = 50 * MiB, IgnoresTerm = true,
        });
        scene.At(3, () => scene.Available(100));
        scene.Run(4);
        using Scene again = scene.Restart();
        again.RunUntil(() => Scene.IsDead(stubborn), 7);
        Assert.InRange(again.Now, 5, 5.5);
        Assert.Equal(
            victim == "process" ? [Signals.Term, Signals.Kill] : [Signals.Term],
            again.Kernel.Signals.Select(signal => signal.Number));
    }

    [Fact]
    public void A_longer_grace_of_another_rule_lengthens_none()
    {
        using Scene scene = new("""
            rules:
              - name: urgent
                when: mem.available > 1MiB
                then: [ { kill: { from: "a/**", signal: TERM, grace: 2s } } ]
              - name: patient
                when: mem.available > 1MiB
                then: [ { kill: { from: "a/**", signal: TERM, grace: 1min } } ]
            """);
        SimulatedProcess stubborn = scene.Start(new ProcessOptions
        {
            Comm = "stubborn", Cgroup = "/a/1", AnonBytes = 50 * MiB, IgnoresTerm = true,
        });
        scene.RunUntil(() => Scene.IsDead(stubborn), 3);
        Assert.InRange(scene.Now, 2, 2.3);
    }

    [Fact]
    public void A_choice_that_waits_is_not_kept_waiting_by_the_choices_of_another_rule()
    {
        using Scene scene = new("""
            rules:
              - name: waits
                when: mem.available > 1MiB
                cooldown: 1min
                then: [ { kill: { from: "a/**", signal: KILL, protect: [ { exe: "^/opt/else$" } ] } } ]
              - name: other
                dry-run: true
                when: mem.available > 1MiB
                cooldown: 0s
                then: [ { kill: { from: "b/**", signal: KILL } } ]
            """, kernel: new SimulatedKernelOptions
        {
            Faults = new ScriptedFaults().Delay("/210/ReadProcess", 60_000_000, times: 1000),
        });
        scene.Start("unknown", "/a/1", 100, pid: 210);
        SimulatedProcess victim = scene.Start("victim", "/a/2", 50);
        scene.Start("b", "/b/1", 20);
        scene.RunUntil(() => Scene.IsDead(victim), 1);
        Assert.All(scene.Kernel.Signals, signal => Assert.Equal(victim.Pid, signal.Pid));
    }

    [Fact]
    public void Processes_are_listed_once_in_a_step_however_many_rules_choose()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, then: [ { kill: { from: "a/**", signal: KILL } } ] }
              - { name: b, when: mem.available > 1MiB, then: [ { kill: { from: "b/**", signal: KILL } } ] }
            """);
        scene.Run(3);
        Assert.NotEmpty(scene.Kernel.Listings);
        Assert.Equal(scene.Kernel.Listings.Distinct(), scene.Kernel.Listings);
    }

    [Fact]
    public void Who_cannot_be_sent_KILL_after_TERM_is_given_up_and_the_next_follows()
    {
        using Scene scene = KillFails(Errno.EPERM, times: 1000, fromUsec: 1_500_000, out _, out SimulatedProcess stubborn);
        SimulatedProcess next = scene.Start("next", "/a/2", 50);
        scene.RunUntil(() => Scene.IsDead(next), 5);
        Assert.False(Scene.IsDead(stubborn));
        Assert.Contains(scene.Events, said => said.Text.Contains("cannot send KILL to 210")
            && said.Text.Contains("EPERM"));
        Assert.DoesNotContain(scene.Events, said => said.Text.Contains(": KILL to 210"));
    }

    [Fact]
    public void KILL_after_TERM_is_sent_again_when_we_were_short_of_something()
    {
        using Scene scene = KillFails(
            Errno.ENOMEM, times: 4, fromUsec: 1_900_000, out ScriptedFaults faults, out SimulatedProcess stubborn);
        scene.RunUntil(() => Scene.IsDead(stubborn), 4);
        Assert.Equal(0, faults.Remaining);
        Assert.InRange(scene.Now, 2, 2.5);
        Assert.Single(scene.Events, said => said.Text.Contains(": KILL to 210"));
    }

    [Fact]
    public void The_next_candidate_follows_when_KILL_has_had_no_effect_for_a_second()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, then: [ { kill: { from: "a/**", signal: KILL } } ] }
            """, kernel: new SimulatedKernelOptions { Faults = new ScriptedFaults().Stick(210, 60_000_000) });
        scene.Start("stuck", "/a/1", 100, pid: 210);
        SimulatedProcess next = scene.Start("next", "/a/2", 50);
        scene.RunUntil(() => Scene.IsDead(next), 15);
        SentSignal[] sent = [.. scene.Kernel.Signals];
        Assert.Equal([210, next.Pid], sent.Select(signal => signal.Pid));
        Assert.InRange(sent[1].Usec - sent[0].Usec, 1_000_000, 1_200_000);
        scene.Run(20);
        Assert.Contains(
            scene.Events, said => said.Text.Contains("gave up on 210") && said.Text.Contains("still holds 100"));
        Assert.Equal(2, scene.Kernel.Signals.Count);
    }

    [Fact]
    public void The_memory_of_a_victim_that_hangs_is_released_whatever_its_size()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 1min, then: [ { kill: { from: "a/**", signal: KILL } } ] }
            """, kernel: new SimulatedKernelOptions { Faults = new ScriptedFaults().Stick(210, 60_000_000) });
        scene.Start("stuck", "/a/1", 100, pid: 210);
        scene.RunUntil(() => scene.Kernel.Begun.Any(operation => operation.Kind == BlockingKind.ReleaseMemory), 3);
        Assert.InRange(scene.Machine.ElapsedUsec - scene.Kernel.Signals[0].Usec, 500_000, 600_000);
        scene.Run(5);
        Assert.Single(scene.Kernel.Begun, operation => operation.Kind == BlockingKind.ReleaseMemory);
    }

    [Fact]
    public void Nobody_dies_when_it_was_over_while_the_victim_was_chosen()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available_user < 50%, then: [ { kill: { from: "a/**", signal: KILL } } ] }
            """);
        scene.Available(400);
        SimulatedProcess process = scene.Start("a", "/a/1", 50);
        scene.Kernel.BeforeReadProcess = (pid, file) =>
        {
            // Who it may be is looked at only when somebody is being chosen.
            if (pid == process.Pid && file == ProcessFile.Cgroup)
                scene.Available(900);
        };
        scene.Run(3);
        Assert.Empty(scene.Kernel.Signals);
        Assert.Contains(scene.Events, said => said.Text.Contains("it was over before the kill"));
    }

    [Fact]
    public void A_pid_that_another_process_has_by_now_is_not_signalled()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 1min, then: [ { kill: { from: "a/**", signal: KILL } } ] }
            """);
        SimulatedProcess first = scene.Start("first", "/a/1", 50, pid: 210);
        SimulatedProcess? second = null;
        scene.Kernel.BeforeOpenProcess = pid =>
        {
            if (pid != 210 || second is not null)
                return;
            scene.Machine.Exit(first);
            while (scene.Machine.FindProcess(210) is not null)
                scene.Machine.Tick();
            second = scene.Start("second", "/b/1", 100, pid: 210);
        };
        scene.Run(5);
        Assert.NotNull(second);
        Assert.False(Scene.IsDead(second));
        Assert.Empty(scene.Kernel.Signals);
    }

    [Theory]
    [InlineData("rank: [size]", new[] { 303, 302, 301 })]
    [InlineData("rank: [badness]", new[] { 301, 303, 302 })]
    [InlineData("rank: [size], min-size: 90MiB", new[] { 303, 302 })]
    [InlineData("rank: [size], prefer: [ { comm: \"^one$\" } ]", new[] { 301, 303, 302 })]
    [InlineData("rank: [size], avoid: [ { comm: \"^three$\" } ]", new[] { 302, 301, 303 })]
    [InlineData("rank: [size], prefer: [ { cgroup: \"a.slice/1\" } ], avoid: [ { unit: 3.service } ]", new[] { 301, 302, 303 })]
    public void Candidates_come_in_the_order_of_preference_and_rank(string how, int[] order)
    {
        using Scene scene = new($$"""
            rules:
              - { name: a, when: mem.available > 1MiB, then: [ { kill: { from: "a.slice/**", signal: KILL, {{how}} } } ] }
            """);
        scene.Start(new ProcessOptions { Comm = "one", Cgroup = "/a.slice/1", AnonBytes = 50 * MiB, Pid = 301, OomScoreAdj = 500 });
        scene.Start("two", "/a.slice/2", 100, pid: 302);
        scene.Start("three", "/a.slice/3.service", 200, pid: 303);
        scene.Run(10);
        Assert.Equal(order, scene.Kernel.Signals.Select(signal => signal.Pid));
    }

    [Fact]
    public void Protection_of_a_unit_is_not_lent_to_a_user_who_borrows_its_name()
    {
        using Scene scene = new("""
            rules:
              - name: a
                when: mem.available > 1MiB
                then: [ { kill: { from: "**", signal: KILL, min-size: 32MiB, protect: [ { unit: polkit.service } ] } } ]
            """);
        scene.Start("real", "/system.slice/polkit.service", 300, pid: 301);
        scene.Start("hog", "/user.slice/user-1000.slice/user@1000.service/app.slice/polkit.service", 200, pid: 302);
        scene.Run(3);
        Assert.Equal(302, Assert.Single(scene.Kernel.Signals).Pid);
    }

    [Theory]
    [InlineData("", 303)]
    [InlineData("avoid: [ { comm: \"^apt$\" } ]", 302)]
    public void An_avoided_name_chooses_within_the_culprit_and_never_another_one(string avoid, int pid)
    {
        using Scene scene = new($$"""
            rules:
              - name: a
                when: mem.available > 1MiB
                cooldown: 1min
                then: [ { kill: { from: "a/**", signal: KILL, culprit: [size], rank: [size], {{avoid}} } } ]
            """);
        scene.Start("innocent", "/a/1", 100, pid: 301);
        scene.Start("small", "/a/2", 50, pid: 302);
        scene.Start("apt", "/a/2", 200, pid: 303);
        scene.Run(3);
        Assert.Equal(pid, Assert.Single(scene.Kernel.Signals).Pid);
    }

    [Fact]
    public void Forty_small_hogs_of_one_cgroup_are_one_culprit()
    {
        using Scene scene = new("""
            rules:
              - name: a
                when: mem.available > 1MiB
                cooldown: 1min
                then: [ { kill: { from: "a/**", signal: KILL, culprit: [growth, size], rank: [size], min-size: 32MiB } } ]
            """);
        scene.Start("database", "/a/database", 100, pid: 301);
        for (int i = 0; i < 20; i++)
            scene.Start("hog", "/a/session", 10, pid: 400 + i);
        scene.Run(3);
        Assert.InRange(Assert.Single(scene.Kernel.Signals).Pid, 400, 419);
    }

    [Fact]
    public void Sizes_within_a_band_are_equal_and_the_next_key_decides()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 1min, then: [ { kill: { from: "a/**", signal: KILL, rank: [size, badness] } } ] }
            """);
        scene.Start(new ProcessOptions { Comm = "a", Cgroup = "/a/1", AnonBytes = 200 * MiB, Pid = 301, OomScoreAdj = 300 });
        scene.Start("b", "/a/2", 201, pid: 302);
        scene.Start(new ProcessOptions { Comm = "c", Cgroup = "/a/3", AnonBytes = 120 * MiB, Pid = 303, OomScoreAdj = 900 });
        scene.Run(3);
        Assert.Equal([301], scene.Kernel.Signals.Select(signal => signal.Pid));
    }

    [Fact]
    public void Before_growth_is_known_size_decides()
    {
        using Scene scene = new("""
            rules:
              - name: a
                when: mem.available_user < 65%
                cooldown: 1min
                then: [ { kill: { from: "a/**", signal: KILL, rank: [growth, size] } } ]
            """);
        scene.Start("large", "/a/1", 250, pid: 301);
        scene.Start("grows", "/a/2", 10, new LeakWorkload { BytesPerSecond = 30 * MiB }, pid: 302);
        scene.Start("creeps", "/a/3", 10, new LeakWorkload { BytesPerSecond = 2 * MiB }, pid: 303);
        scene.RunUntil(() => scene.Kernel.Signals.Count == 1, 20);
        Assert.Equal(301, scene.Kernel.Signals[0].Pid);
    }

    [Fact]
    public void Growth_decides_before_size_once_it_is_known()
    {
        using Scene scene = new("""
            rules:
              - name: a
                when: mem.available_user < 15%
                cooldown: 1min
                then: [ { kill: { from: "a/**", signal: KILL, rank: [growth, size] } } ]
            """);
        scene.Start("large", "/a/1", 500, pid: 301);
        scene.Start("grows", "/a/2", 10, new LeakWorkload { BytesPerSecond = 30 * MiB }, pid: 302);
        scene.RunUntil(() => scene.Kernel.Signals.Count == 1, 30);
        Assert.Equal(302, scene.Kernel.Signals[0].Pid);
        Assert.Contains(scene.Events, said => said.Text.Contains("growing 3") && said.Pid == 302);
    }

    [Theory]
    [InlineData("a/**", new[] { 301, 302 })]
    [InlineData("a/x/*", new[] { 302 })]
    [InlineData("{b,c}/**", new[] { 303 })]
    [InlineData("/", new[] { 304 })]
    public void From_takes_who_is_in_a_matching_cgroup_or_below_it(string from, int[] pids)
    {
        using Scene scene = new($$"""
            limits: { kills-per-minute: 40 }
            rules:
              - { name: a, when: mem.available > 1MiB, then: [ { kill: { from: "{{from}}", signal: KILL, min-size: 30MiB } } ] }
            """);
        scene.Start("one", "/a/y", 200, pid: 301);
        scene.Start("two", "/a/x/z", 100, pid: 302);
        scene.Start("three", "/b/z", 50, pid: 303);
        scene.Start("root", "/", 350, pid: 304);
        scene.Run(8);
        Assert.Equal(pids, scene.Kernel.Signals.Select(signal => signal.Pid));
    }

    [Fact]
    public void From_below_the_match_takes_nobody_outside()
    {
        using Scene scene = new("""
            rules:
              - name: a
                for-each: "a.slice/*"
                when: memory.current > 90MiB
                then: [ { kill: { from: "./**", signal: KILL } } ]
            """);
        scene.Start("inside", "/a.slice/x/sub", 100, pid: 301);
        scene.Start("outside", "/a.slice/y/sub", 80, pid: 302);
        scene.Start("like", "/a.slice/x2", 80, pid: 303);
        scene.Run(5);
        Assert.Equal([301], scene.Kernel.Signals.Select(signal => signal.Pid));
    }

    [Fact]
    public void A_cgroup_dies_as_a_whole_by_cgroup_kill()
    {
        using Scene scene = Cgroups(KernelProfile.Debian12);
        scene.Run(3);
        Assert.Equal(["/a.slice/big.service/cgroup.kill=1"], scene.Kernel.Writes);
        Assert.Contains("/a.slice/big.service:user.oomd_ooms=1", scene.Kernel.Attributes);
        Assert.Equal(0, scene.Machine.FindCgroup("/a.slice/big.service")!.PopulatedCount);
        Assert.Single(scene.Machine.FindCgroup("/a.slice/small.service")!.Processes);
    }

    [Fact]
    public void Without_cgroup_kill_it_is_frozen_swept_and_thawed()
    {
        using Scene scene = Cgroups(KernelProfile.Debian11);
        scene.Run(3);
        Assert.Equal(
            ["/a.slice/big.service/cgroup.freeze=1", "/a.slice/big.service/cgroup.freeze=0"], scene.Kernel.Writes);
        Assert.Equal(2, scene.Kernel.Signals.Count);
        Assert.False(scene.Machine.FindCgroup("/a.slice/big.service")!.FreezeRequested);
        Assert.Equal(0, scene.Machine.FindCgroup("/a.slice/big.service")!.PopulatedCount);

        // Nothing is left to undo.
        scene.Loop.Leave();
        Assert.Equal(2, scene.Kernel.Writes.Count);
    }

    [Fact]
    public void A_thaw_that_failed_is_tried_again_until_it_is_done()
    {
        var faults = new ScriptedFaults();
        using Scene scene = FailingThaws(faults, times: 3);
        scene.RunUntil(() => scene.Loop.EffectCount > 0, 3);
        Assert.True(scene.Machine.FindCgroup("/a.slice/big.service")!.FreezeRequested);
        scene.RunUntil(() => scene.Loop.EffectCount == 0, scene.Now + 5);
        Assert.False(scene.Machine.FindCgroup("/a.slice/big.service")!.FreezeRequested);
        Assert.Contains("a kill: put back cgroup.freeze of /a.slice/big.service to 0", scene.Text);
        Assert.Equal(0, faults.Remaining);

        // Nothing is left to undo.
        int writes = scene.Kernel.Writes.Count;
        scene.Loop.Leave();
        Assert.Equal(writes, scene.Kernel.Writes.Count);
    }

    [Fact]
    public void A_thaw_that_failed_is_tried_again_at_the_end()
    {
        using Scene scene = FailingThaws(new ScriptedFaults(), times: 1);
        scene.RunUntil(() => scene.Loop.EffectCount > 0, 3);
        Assert.True(scene.Machine.FindCgroup("/a.slice/big.service")!.FreezeRequested);
        scene.Loop.Leave();
        Assert.False(scene.Machine.FindCgroup("/a.slice/big.service")!.FreezeRequested);
    }

    private static Scene FailingThaws(ScriptedFaults faults, int times)
    {
        Scene scene = Cgroups(KernelProfile.Debian11, faults);
        bool failed = false;
        scene.Kernel.BeforeSignal = (_, _) =>
        {
            if (failed)
                return;
            failed = true;
            faults.Fail(KernelCallKind.WriteControl, "cgroup.freeze", Errno.EACCES);
            if (times > 1)
                faults.Fail(KernelCallKind.Begin, "cgroup.freeze", Errno.EACCES, times - 1);
        };
        return scene;
    }

    [Fact]
    public void A_cgroup_with_an_oom_group_is_taken_with_all_below()
    {
        using Scene scene = Cgroups(KernelProfile.Debian12);
        scene.Start("sub", "/a.slice/app.service/one", 200);
        scene.Start("sub", "/a.slice/app.service/two", 10);
        scene.Machine.FindCgroup("/a.slice/app.service")!.OomGroup = true;
        scene.Run(3);
        Assert.Equal(["/a.slice/app.service/cgroup.kill=1"], scene.Kernel.Writes);
    }

    [Fact]
    public void Cgroups_are_preferred_and_avoided_by_cgroup_and_unit()
    {
        using Scene scene = new("""
            rules:
              - name: a
                when: mem.available > 1MiB
                cooldown: 2s
                then:
                  - kill:
                      { from: "a.slice/**", victim: cgroup, signal: KILL, prefer: [ { unit: small.service } ], avoid: [ { cgroup: "a.slice/big.service" } ] }
            """);
        scene.Start("big", "/a.slice/big.service", 200);
        scene.Start("middle", "/a.slice/middle.service", 100);
        scene.Start("small", "/a.slice/small.service", 50);
        scene.Run(9);
        Assert.Equal(
            ["small", "middle", "big"],
            scene.Kernel.Writes.Select(write => write.Split('/')[2].Split('.')[0]));
    }

    [Fact]
    public void Stalls_others_spares_who_hurts_only_itself()
    {
        using Scene scene = StallsOthers();
        scene.Pressure(80, cgroup: "/a/hog");
        scene.Pressure(5, cgroup: "/b/other");
        scene.Run(5);
        Assert.Empty(scene.Kernel.Signals);
        Assert.Contains(scene.Events, said => said.Text.Contains("stalls nobody else"));
    }

    [Fact]
    public void Stalls_others_takes_who_hurts_others()
    {
        using Scene scene = StallsOthers();
        scene.Pressure(80, cgroup: "/a/hog");
        scene.Pressure(15, cgroup: "/b/other");
        scene.Run(5);
        Assert.Equal([301], scene.Kernel.Signals.Select(signal => signal.Pid));
    }

    [Fact]
    public void Stall_in_others_from_before_an_act_does_not_count_after_it()
    {
        using Scene scene = StallsOthers();
        scene.Pressure(80, 1_000_000, cgroup: "/a/hog");
        scene.Pressure(15, 1_000_000, cgroup: "/b/other");
        SimulatedProcess second = scene.Start("hog", "/a/hog", 150, pid: 303);
        scene.Run(5);
        Assert.Equal([301], scene.Kernel.Signals.Select(signal => signal.Pid));

        // 1.2 s of stall within about 6 s.
        scene.At(6, () => scene.Pressure(15, 2_200_000, cgroup: "/b/other"));
        scene.Run(8);
        Assert.Equal([301, second.Pid], scene.Kernel.Signals.Select(signal => signal.Pid));
    }

    [Fact]
    public void A_dry_run_says_what_it_would_do_and_touches_nothing()
    {
        using Scene scene = new(Scene.Shipped, dryRun: true);
        scene.Start("leak", "/a", does: new LeakWorkload { BytesPerSecond = 100 * MiB, CeilingBytes = 870 * MiB });
        scene.Run(20);
        Assert.Empty(scene.Kernel.Signals);
        Assert.Empty(scene.Kernel.Writes);
        Assert.Empty(scene.Kernel.Attributes);
        Said said = scene.Of(DaemonEventKind.SignalSent).First();
        Assert.True(said.DryRun);
        Assert.Contains("dry run, would send", said.Text);
        Assert.Contains("(leak)", said.Text);
        Assert.True(scene.Snapshot.DryRun);
    }

    [Fact]
    public void A_rule_can_be_dry_by_itself()
    {
        using Scene scene = new("""
            rules:
              - { name: a, dry-run: true, when: mem.available > 1MiB, then: [ { kill: { from: "a/**", signal: KILL } } ] }
            """);
        scene.Start("a", "/a/1", 50);
        scene.Run(3);
        Assert.Empty(scene.Kernel.Signals);
        Assert.Contains(scene.Of(DaemonEventKind.SignalSent), said => said.DryRun);
    }

    [Fact]
    public void The_account_of_a_death_says_what_it_freed()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 1min, then: [ { kill: { from: "a/**", signal: KILL } } ] }
            """);
        scene.Start("a", "/a/1", 200);
        scene.Run(3);
        Said said = Assert.Single(scene.Of(DaemonEventKind.Killed));
        Assert.Matches("freed (19[0-9]|20[0-9])\\.[0-9] MiB", said.Text);
        Assert.Equal(1, scene.Snapshot.Kills);
    }

    [Fact]
    public void What_the_victim_took_in_its_grace_is_not_counted_as_freed_twice()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available_user < 60%, cooldown: 1min, then: [ { kill: { from: "a/**", signal: TERM, grace: 4s, rank: [growth, size] } } ] }
            """);
        scene.Start(new ProcessOptions
        {
            Comm = "leak", Cgroup = "/a/1", IgnoresTerm = true, Workload = new LeakWorkload { BytesPerSecond = 60 * MiB },
        });
        scene.RunUntil(() => scene.Of(DaemonEventKind.Killed).Any(), 20);
        Said said = scene.Of(DaemonEventKind.Killed).Single();
        SimulatedProcess[] none = [.. scene.Machine.Processes.Where(process => process.Comm == "leak")];
        Assert.Empty(none);

        // About 370 MiB at the first signal and 240 more in the grace.
        Assert.Matches("freed (5[5-9][0-9]|6[0-9][0-9])\\.", said.Text);
    }

    [Fact]
    public void A_victim_that_nobody_reaps_is_dead_all_the_same()
    {
        var faults = new ScriptedFaults().Fail(KernelCallKind.Watch, "/210", Errno.ENOSPC);
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 1min, then: [ { kill: { from: "a/**", signal: KILL } } ] }
            """, kernel: new SimulatedKernelOptions { Faults = faults });
        scene.Start(new ProcessOptions { Comm = "a", Cgroup = "/a/1", AnonBytes = 50 * MiB, Pid = 210, ParentReaps = false });
        scene.Run(3);
        Assert.Single(scene.Of(DaemonEventKind.Killed));
    }

    [Theory]
    [InlineData(KernelCallKind.OpenProcess, Errno.EMFILE)]
    [InlineData(KernelCallKind.OpenProcess, Errno.ENOMEM)]
    [InlineData(KernelCallKind.Watch, Errno.ENOSPC)]
    public void Lack_of_a_resource_delays_a_kill_and_shuns_nobody(KernelCallKind call, int errno)
    {
        var faults = new ScriptedFaults().Fail(call, "/210", errno, times: 3);
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 1min, then: [ { kill: { from: "a/**", signal: KILL } } ] }
            """, kernel: new SimulatedKernelOptions { Faults = faults });
        scene.Start("big", "/a/1", 100, pid: 210);
        scene.Start("small", "/a/2", 50);
        scene.Run(5);
        Assert.Equal([210], scene.Kernel.Signals.Select(signal => signal.Pid));
    }

    /// <summary>Without cgroup.kill: who could not be reached at first is tried again in the same kill, which is said.</summary>
    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    public void A_member_that_lack_of_a_resource_hid_for_a_moment_is_ended_and_told_of(int times, bool hasOther)
    {
        var faults = new ScriptedFaults().Fail(KernelCallKind.OpenProcess, "/211", Errno.EMFILE, times: times);
        using Scene scene = new(
            """
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 1min, then: [ { kill: { from: "a/*", victim: cgroup, signal: KILL } } ] }
            """,
            new MachineOptions { Profile = KernelProfile.Debian11 },
            new SimulatedKernelOptions { Faults = faults });
        if (hasOther)
            scene.Start("big", "/a/1", 100, pid: 210);
        scene.Start("small", "/a/1", 50, pid: 211);
        scene.Run(5);
        Assert.Equal(
            hasOther ? [210, 211] : [211], scene.Kernel.Signals.Select(signal => signal.Pid).Distinct().Order());
        Assert.Single(scene.Of(DaemonEventKind.Killed));
        Assert.Single(scene.Of(DaemonEventKind.SignalSent));
    }

    [Fact]
    public void Whom_we_may_not_signal_is_passed_over()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 1min, then: [ { kill: { from: "a/**", signal: KILL } } ] }
            """, kernel: new SimulatedKernelOptions { KillCapability = false, OwnUid = 1000 });
        scene.Start(new ProcessOptions { Comm = "theirs", Cgroup = "/a/1", AnonBytes = 100 * MiB, Uid = 7 });
        SimulatedProcess ours = scene.Start("ours", "/a/2", 50);
        scene.Run(5);
        Assert.Equal([ours.Pid], scene.Kernel.Signals.Select(signal => signal.Pid));
        Assert.Contains(scene.Events, said => said.Text.Contains("EPERM"));
    }

    [Fact]
    public void Whom_we_could_not_signal_is_tried_again_after_a_minute()
    {
        var faults = new ScriptedFaults().Fail(KernelCallKind.Signal, "/210", Errno.EPERM);
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 1s, then: [ { kill: { from: "a/**", signal: KILL } } ] }
            """, kernel: new SimulatedKernelOptions { Faults = faults });
        SimulatedProcess only = scene.Start("only", "/a/1", 100, pid: 210);
        scene.RunUntil(() => scene.Text.Contains("could not be signalled"), 2);
        scene.Run(58);
        Assert.False(Scene.IsDead(only), scene.Text);
        scene.RunUntil(() => Scene.IsDead(only), 64);
    }

    /// <summary>One ignores TERM, and KILL follows after two seconds; from some time on signals to it fail.</summary>
    private static Scene KillFails(
        int errno, int times, long fromUsec, out ScriptedFaults faults, out SimulatedProcess stubborn)
    {
        faults = new ScriptedFaults()
            .Fail(KernelCallKind.Signal, "/210", errno, times, new MachineOptions().StartUsec + fromUsec);
        var scene = new Scene("""
            rules:
              - { name: a, when: mem.available > 1MiB, then: [ { kill: { from: "a/**", signal: TERM, grace: 2s } } ] }
            """, kernel: new SimulatedKernelOptions { Faults = faults });
        stubborn = scene.Start(new ProcessOptions
        {
            Comm = "stubborn", Cgroup = "/a/1", AnonBytes = 100 * MiB, IgnoresTerm = true, Pid = 210,
        });
        return scene;
    }

    /// <summary>
    /// A rule wants to kill after two seconds, for which processes are looked at ahead; just before that, somebody
    /// begins to leave, which takes two seconds.
    /// </summary>
    private static Scene OneLeaves(
        long leavingMiB, long stayingMiB, out SimulatedProcess staying, bool leaderless = false)
    {
        var scene = new Scene("""
            rules:
              - name: now
                when: psi.memory.full.avg10 > 20% for 2s
                cooldown: 1min
                then: [ { kill: { from: "**", signal: KILL, rank: [growth, size] } } ]
            """);
        SimulatedProcess leaving = scene.Start(new ProcessOptions
        {
            Comm = "leaving", Cgroup = "/a/1", AnonBytes = leavingMiB * MiB, Uid = 1000,
            ExitUsecPerMiB = 2_000_000 / leavingMiB, Leaderless = leaderless,
        });
        staying = scene.Start("staying", "/b/1", stayingMiB);
        scene.Pressure(50);
        scene.At(FiresAfter - 0.1, () => scene.Machine.Exit(leaving));
        return scene;
    }

    private static Scene StallsOthers()
    {
        var scene = new Scene("""
            rules:
              - name: a
                when: mem.available > 1MiB
                then: [ { kill: { from: "a/**", signal: KILL, stalls-others: 10% } } ]
            """);
        scene.Start("hog", "/a/hog", 200, pid: 301);
        scene.Start("other", "/b/other", 20, pid: 302);
        return scene;
    }

    private static Scene Cgroups(KernelProfile profile, ScriptedFaults? faults = null)
    {
        var scene = new Scene("""
            rules:
              - name: a
                when: mem.available > 1MiB
                cooldown: 1min
                then: [ { kill: { from: "a.slice/**", victim: cgroup, signal: KILL } } ]
            """, new MachineOptions { Profile = profile }, new SimulatedKernelOptions { Faults = faults ?? new ScriptedFaults() });
        scene.Start("big", "/a.slice/big.service", 100);
        scene.Start("helper", "/a.slice/big.service", 10);
        scene.Start("small", "/a.slice/small.service", 50);
        return scene;
    }
}
