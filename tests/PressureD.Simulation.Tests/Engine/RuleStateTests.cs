using System;
using System.Linq;
using PressureD.Core.Kernel;
using PressureD.Core.Publishing;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>What a rule remembers from step to step: pending, active, over; hold times, cooldown, waits.</summary>
public sealed class RuleStateTests
{
    private const string NobodyToKill = "{ kill: { from: \"nowhere/**\", signal: KILL } }";

    [Fact]
    public void For_fires_at_the_first_sample_that_is_so_long_after_the_first_true_one()
    {
        using Scene scene = Held("r", "psi.memory.full.avg10 > 20% for 3s");
        scene.Pressure(0);
        scene.At(2, () => scene.Pressure(30));
        scene.Run(8);
        long since = scene.StepAt(2);
        Assert.Equal([scene.Steps.First(usec => usec >= since + 3_000_000)], scene.Fired("r"));
    }

    [Fact]
    public void For_starts_again_when_the_condition_was_false_in_between()
    {
        using Scene scene = Held("r", "psi.memory.full.avg10 > 20% for 3s");
        scene.Pressure(30);
        scene.At(2, () => scene.Pressure(10));
        scene.At(2.2, () => scene.Pressure(30));
        scene.Run(7);
        Assert.Equal([scene.Steps.First(usec => usec >= scene.StepAt(2.2) + 3_000_000)], scene.Fired("r"));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void For_survives_one_unknown_sample_and_starts_again_after_two(int unknown, bool restarts)
    {
        using Scene scene = Held("r", "psi.memory.full.avg10 > 20% for 3s");
        scene.Pressure(30);
        scene.Run(1.5);
        long first = scene.Steps[0];
        scene.Files.Fail("/proc/pressure/memory", Errno.EIO);
        for (int i = 0; i < unknown; i++)
            scene.Step();
        scene.Files.Restore("/proc/pressure/memory");
        scene.Pressure(30);
        scene.Step();
        long again = scene.Steps[^1];
        scene.Run(7);
        Assert.Equal(
            [scene.Steps.First(usec => usec >= (restarts ? again : first) + 3_000_000)], scene.Fired("r"));
    }

    [Fact]
    public void Active_ends_when_until_holds_and_not_before()
    {
        using Scene scene = Rule("psi.memory.full.avg10 > 20%", "until: psi.memory.full.avg10 < 10%");
        scene.Pressure(30);
        scene.At(3, () => scene.Pressure(15));
        scene.At(6, () => scene.Pressure(5));
        scene.Run(9);
        Assert.Single(scene.Fired("r"));
        Said over = Assert.Single(scene.Events, said => said.Text.Contains("over after"));
        Assert.Equal(scene.StepAt(6), over.Usec);
    }

    [Fact]
    public void Without_until_active_ends_when_the_condition_is_false()
    {
        using Scene scene = Rule("psi.memory.full.avg10 > 20%");
        scene.Pressure(30);
        scene.At(3, () => scene.Pressure(20));
        scene.Run(6);
        Assert.Equal(scene.StepAt(3), Assert.Single(scene.Events, said => said.Text.Contains("over after")).Usec);
    }

    [Fact]
    public void Unknown_neither_fires_nor_ends()
    {
        using Scene scene = Rule("psi.memory.full.avg10 > 20%");
        scene.Pressure(30);
        scene.At(2, () => scene.Files.Fail("/proc/pressure/memory", Errno.EIO));
        scene.Run(6);
        Assert.DoesNotContain(scene.Events, said => said.Text.Contains("over after"));
        Assert.Single(scene.Fired("r"));
    }

    [Theory]
    [InlineData("psi.memory.full.avg10 > 20% and mem.available < 0B", false)]
    [InlineData("psi.memory.full.avg10 > 20% or mem.available > 0B", true)]
    [InlineData("psi.memory.full.avg10 > 20% or mem.available < 0B", false)]
    [InlineData("not psi.memory.full.avg10 > 20%", false)]
    [InlineData("not (psi.memory.full.avg10 > 20% and mem.available < 0B)", true)]
    public void What_is_unknown_decides_nothing(string when, bool fires)
    {
        when = when.Replace("< 0B", "< 1B");
        using Scene scene = Rule(when, machine: new MachineOptions
        {
            Profile = KernelProfile.Debian12 with { Psi = false },
        });
        scene.Run(8);
        Assert.Equal(fires ? 1 : 0, scene.Fired("r").Length);
        Assert.Contains(scene.Snapshot.DegradedReasons, reason => reason.Contains("rule r "));
        Assert.Equal(DaemonState.Degraded, scene.Snapshot.State);
    }

    [Fact]
    public void A_rule_is_no_longer_degraded_when_its_file_can_be_read()
    {
        using Scene scene = Rule("psi.memory.full.avg10 > 20%");
        scene.Pressure(0);
        scene.At(1, () => scene.Files.Fail("/proc/pressure/memory", Errno.EIO));
        scene.At(10, () =>
        {
            scene.Files.Restore("/proc/pressure/memory");
            scene.Pressure(0);
        });
        scene.Run(8);
        Assert.Contains(
            "rule r cannot be decided here: psi.memory.full.avg10 is unknown (/proc/pressure/memory cannot be read or "
                + "has no full.avg10)",
            scene.Snapshot.DegradedReasons);
        scene.Run(13);
        Assert.DoesNotContain(scene.Snapshot.DegradedReasons, reason => reason.Contains("rule r "));
        Assert.Single(scene.Events, said => said.Text.StartsWith("degraded: rule r cannot be decided here"));
    }

    [Theory]
    [InlineData("swap.free < 10%", true)]
    [InlineData("swap.free <= 10%", true)]
    [InlineData("swap.free > 10%", false)]
    [InlineData("swap.free >= 10%", false)]
    [InlineData("swap.free < 100MiB", true)]
    [InlineData("swap.total == 0B", true)]
    public void Without_swap_free_swap_is_nothing_and_no_percent(string when, bool fires)
    {
        using Scene scene = Rule(when);
        scene.Run(3);
        Assert.Equal(fires ? 1 : 0, scene.Fired("r").Length);
    }

    [Fact]
    public void The_chain_starts_again_after_the_cooldown_while_the_condition_holds()
    {
        using Scene scene = new("""
            rules:
              - name: r
                when: mem.available > 1MiB
                cooldown: 3s
                then: [ { kill: { from: "/a/**", signal: KILL } } ]
            """);
        SimulatedProcess[] all = [scene.Start("a", "/a/1", 10), scene.Start("b", "/a/2", 30), scene.Start("c", "/a/3", 60)];
        scene.Run(12);
        SentSignal[] sent = [.. scene.Kernel.Signals];
        Assert.Equal([all[2].Pid, all[1].Pid, all[0].Pid], sent.Select(signal => signal.Pid));
        long[] dead = [.. scene.Of(DaemonEventKind.Killed).Select(said => said.Usec - 200_000)];
        for (int i = 1; i < sent.Length; i++)
            Assert.InRange(sent[i].Usec - sent[i - 1].Usec, 3_000_000, 3_200_000);
        Assert.Single(scene.Fired("r"));
        Assert.Equal(3, dead.Length);
    }

    [Fact]
    public void After_an_act_an_average_that_is_still_high_does_not_count_but_new_stall_does()
    {
        using Scene scene = new("""
            rules:
              - name: r
                when: psi.memory.full.avg10 > 20%
                cooldown: 1s
                then: [ { kill: { from: "/a/**", signal: KILL } } ]
            """);
        scene.Pressure(60, 1_000_000);
        scene.Start("a", "/a/1", 10);
        scene.Start("b", "/a/2", 30);
        scene.Start("c", "/a/3", 60);

        // The average falls slowly while nothing is added to the total.
        scene.Run(4);
        Assert.Single(scene.Kernel.Signals);

        // 70 % of the second from 5 to 6 s is 1.4 s of about 5 since the act.
        scene.At(5, () => scene.Pressure(50, 2_400_000));
        scene.RunUntil(() => scene.Kernel.Signals.Count == 2, 5.3);
        scene.Run(8);
        Assert.Equal(2, scene.Kernel.Signals.Count);
    }

    [Fact]
    public void Wait_goes_on_only_if_the_condition_still_holds()
    {
        using Scene scene = new("""
            rules:
              - name: r
                when: mem.available_user < 50%
                then: [ { wait: 2s }, { kill: { from: "/a/**", signal: KILL } } ]
            """);
        scene.Available(400);
        scene.Start("a", "/a/1", 10);
        scene.At(1.5, () => scene.Available(800));
        scene.At(3, () => scene.Available(400));
        scene.Run(4.5);
        Assert.Empty(scene.Kernel.Signals);
        scene.Run(6);
        SentSignal sent = Assert.Single(scene.Kernel.Signals);
        Assert.Equal(scene.Steps.First(usec => usec >= scene.StepAt(3) + 2_000_000), sent.Usec);
    }

    [Fact]
    public void Notify_sets_the_level_while_the_rule_is_active()
    {
        using Scene scene = new("""
            rules:
              - { name: l, when: mem.available_user < 50%, then: [ { notify: low } ] }
              - { name: c, when: mem.available_user < 30%, then: [ { notify: critical } ] }
            """);
        scene.Available(400);
        scene.At(2, () => scene.Available(200));
        scene.At(4, () => scene.Available(400));
        scene.At(6, () => scene.Available(700));
        scene.Run(8);
        Assert.Equal(
            ["level is now low", "level is now critical", "level is now low", "level is now normal"],
            scene.Of(DaemonEventKind.LevelChanged).Select(said => said.Text));
    }

    [Fact]
    public void Each_match_has_its_own_state_and_host_names_are_the_machines()
    {
        using Scene scene = new("""
            rules:
              - name: r
                for-each: "app.slice/*"
                when: psi.memory.full.avg10 > 20% for 2s and host.psi.memory.full.avg10 < 5% and host.mem.available > 1B
                then: [ { log: stalled } ]
            """);
        scene.Start("a", "/app.slice/a.service", 10);
        scene.Start("b", "/app.slice/b.service", 10);
        scene.Start("x", "/other.slice/x.service", 10);
        scene.Pressure(0);
        scene.Pressure(30, cgroup: "/app.slice/a.service");
        scene.Pressure(0, cgroup: "/app.slice/b.service");
        scene.Pressure(30, cgroup: "/other.slice/x.service");
        scene.At(4, () => scene.Pressure(30, cgroup: "/app.slice/b.service"));
        scene.Run(9);
        string[] fired = [.. scene.Of(DaemonEventKind.RuleFired).Select(said => said.Text.Split(':')[0])];
        Assert.Equal(["r [/app.slice/a.service]", "r [/app.slice/b.service]"], fired);
        Assert.Equal(scene.Steps.First(usec => usec >= scene.StepAt(4) + 2_000_000), scene.Fired("r")[1]);
    }

    [Fact]
    public void A_cgroup_made_again_under_the_same_name_starts_afresh()
    {
        using Scene scene = new("""
            rules:
              - name: r
                for-each: "app.slice/*"
                when: memory.current > 5MiB for 4s
                then: [ { log: big } ]
            """);
        SimulatedProcess first = scene.Start("a", "/app.slice/a.service", 10);
        scene.At(3, () => scene.Machine.Exit(first));
        scene.At(3.3, () =>
        {
            Assert.Equal(0, scene.Machine.RemoveCgroup(scene.Machine.FindCgroup("/app.slice/a.service")!));
            scene.Start("a", "/app.slice/a.service", 10);
        });
        scene.Run(12);
        long fired = Assert.Single(scene.Fired("r"));
        Assert.InRange(fired, 3_300_000 + 4_000_000, 3_300_000 + 6_500_000);
    }

    [Fact]
    public void Cgroups_that_come_and_go_within_a_step_disturb_nobody()
    {
        using Scene scene = new("""
            limits: { kills-per-minute: 40 }
            rules:
              - name: r
                for-each: "app.slice/*"
                when: memory.current > 5MiB
                then: [ { kill: { from: "./**", victim: cgroup, signal: KILL } }, { log: done } ]
              - name: s
                for-each: "app.slice/*"
                when: memory.current > 5MiB
                then: [ { kill: { from: "app.slice/**", victim: cgroup, signal: KILL } } ]
            """);
        for (int i = 0; i < 4; i++)
            scene.Start("a", $"/app.slice/a{i}.service/main", 10);
        int made = 0;

        // The tree is looked at anew for each choice, in the middle of the step.
        scene.Kernel.BeforeOpenFile = (cgroup, file) =>
        {
            if (file != "memory.oom.group" || made >= 12)
                return;
            made++;
            scene.Start("n", $"/app.slice/n{made}.service/main", 10);
            if (scene.Machine.FindCgroup($"/app.slice/a{made % 4}.service/main") is { } old)
            {
                foreach (SimulatedProcess process in old.Processes.ToArray())
                    scene.Machine.Move(process, scene.Machine.Root);
                scene.Machine.RemoveCgroup(old);
                scene.Machine.RemoveCgroup(scene.Machine.FindCgroup($"/app.slice/a{made % 4}.service")!);
            }
        };
        scene.Run(10);
        Assert.True(made == 12, scene.Text);
        Assert.NotEmpty(scene.Kernel.Writes);
    }

    private static Scene Held(string name, string when) => new($$"""
        rules:
          - name: {{name}}
            when: {{when}}
            then: [ {{NobodyToKill}} ]
        """);

    private static Scene Rule(string when, string until = "", MachineOptions? machine = null) => new($$"""
        rules:
          - name: r
            when: {{when}}
            {{until}}
            then: [ { notify: low }, { log: here } ]
        """, machine);
}
