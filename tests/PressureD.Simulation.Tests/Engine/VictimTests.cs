using System.Linq;
using System.Text;
using PressureD.Core.Kernel;
using PressureD.Core.Publishing;
using PressureD.Simulation.Faults;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>What dies as one, what attributes and matchers say of it, and what holds a kill back.</summary>
public sealed class VictimTests
{
    private const long MiB = Scene.MiB;

    [Fact]
    public void A_process_group_dies_whole_and_nobody_else_of_its_cgroup()
    {
        using Scene scene = new(Kill("victim: process-group, rank: [size]"));
        SimulatedProcess[] job = [.. Enumerable.Range(0, 4).Select(_ => Member(scene, 60, group: 500))];
        SimulatedProcess shell = scene.Start("shell", "/a/1", 100, pid: 900);
        scene.RunUntil(() => job.All(Scene.IsDead), 5);
        scene.Run(5);
        Assert.False(Scene.IsDead(shell));
        Assert.Single(scene.Of(DaemonEventKind.Killed));
    }

    [Theory]
    [InlineData("victim: process, rank: [size]")]
    [InlineData("victim: process, rank: [growth, size]")]
    [InlineData("victim: process-group, rank: [size]")]
    public void Who_lives_on_without_its_main_thread_is_as_big_as_it_is(string kill)
    {
        using Scene scene = new(Kill(kill));
        SimulatedProcess small = scene.Start("small", "/a/1", 60);
        SimulatedProcess big = Leaderless(scene, "/a/2", ignoresTerm: false);
        scene.RunUntil(() => Scene.IsDead(big), 5);
        scene.Run(5);
        Assert.False(Scene.IsDead(small));
    }

    [Fact]
    public void Who_lives_on_without_its_main_thread_is_not_leaving_and_keeps_nobody_waiting()
    {
        using Scene scene = new(
            """
            rules:
              - name: ask
                when: mem.available < 800MiB
                cooldown: 1h
                then: [ { kill: { from: "a/**", victim: process, rank: [size], signal: TERM, grace: 30s } } ]
              - name: kill
                when: mem.available < 400MiB
                cooldown: 1h
                then: [ { kill: { from: "b/**", victim: process, rank: [size], signal: KILL } } ]
            """);
        SimulatedProcess stubborn = Leaderless(scene, "/a/1", ignoresTerm: true);
        SimulatedProcess other = scene.Start("other", "/b/1", 60);
        scene.Available(700);
        scene.Run(2);
        scene.Available(300);
        scene.RunUntil(() => Scene.IsDead(other), 2.4);
        Assert.False(Scene.IsDead(stubborn));
    }

    [Fact]
    public void Who_lives_on_without_its_main_thread_gets_KILL_after_its_grace()
    {
        using Scene scene = new(Kill("victim: process, rank: [size], signal: TERM, grace: 2s"));
        SimulatedProcess stubborn = Leaderless(scene, "/a/1", ignoresTerm: true);
        scene.RunUntil(() => Scene.IsDead(stubborn), 3);
        Assert.InRange(scene.Now, 2, 2.6);
    }

    /// <summary>What cannot be read for a moment is no sign that it leaves, after which nothing more is sent to it.</summary>
    [Fact]
    public void Who_lives_on_without_its_main_thread_gets_KILL_also_when_its_threads_could_not_be_read_meanwhile()
    {
        var faults = new ScriptedFaults();
        using Scene scene = new(
            Kill("victim: process, rank: [size], signal: TERM, grace: 2s"),
            kernel: new SimulatedKernelOptions { Faults = faults });
        SimulatedProcess stubborn = Leaderless(scene, "/a/1", ignoresTerm: true);
        scene.RunUntil(() => scene.Kernel.Signals.Any(sent => sent.Number == Signals.Term), 1);
        faults.Fail(KernelCallKind.ReadProcess, $"/{stubborn.ThreadId}/statm", Errno.ENOMEM, times: 3);
        faults.Fail(KernelCallKind.ListProcesses, $"/{stubborn.Pid}/task", Errno.ENOMEM, times: 3);
        scene.RunUntil(() => Scene.IsDead(stubborn), 3);
        Assert.Equal(0, faults.Remaining);
        Assert.InRange(scene.Now, 2, 2.6);
    }

    [Theory]
    [InlineData(KernelCallKind.ReadProcess, "/500/stat")]
    [InlineData(KernelCallKind.ListProcesses, "/proc")]
    public void A_process_group_that_could_not_be_seen_for_a_moment_is_not_taken_for_dead(
        KernelCallKind kind, string path)
    {
        var faults = new ScriptedFaults();
        using Scene scene = new(
            Kill("victim: process-group, rank: [size], signal: TERM, grace: 2s"),
            kernel: new SimulatedKernelOptions { Faults = faults });
        SimulatedProcess stubborn = Member(scene, 60, group: 500, ignoresTerm: true, pid: 500);
        scene.RunUntil(() => scene.Kernel.Signals.Any(sent => sent.Number == Signals.Term), 1);
        faults.Fail(kind, path, Errno.ENOMEM, times: 3);
        scene.RunUntil(() => Scene.IsDead(stubborn), 3);
        Assert.Equal(0, faults.Remaining);
        Assert.InRange(scene.Now, 2, 2.6);
        scene.Run(5);
        Assert.Single(scene.Of(DaemonEventKind.Killed));
    }

    [Fact]
    public void A_process_group_with_one_who_cannot_be_read_at_this_moment_waits()
    {
        var faults = new ScriptedFaults().Fail(KernelCallKind.ReadProcess, "/501/stat", Errno.ENOMEM, times: 6);
        using Scene scene = new(
            Kill("victim: process-group, rank: [size], protect: [ { comm: ^spared$, uid: 0 } ]"),
            kernel: new SimulatedKernelOptions { Faults = faults });
        SimulatedProcess hog = Member(scene, 200, group: 500);
        Member(scene, 1, group: 500, comm: "spared", uid: 0, pid: 501);
        scene.Run(20);
        Assert.False(Scene.IsDead(hog));
        Assert.Equal(0, faults.Remaining);
    }

    [Fact]
    public void A_process_group_that_ignores_TERM_is_ended_after_its_grace_even_across_a_restart()
    {
        using Scene scene = new(Kill("victim: process-group, rank: [size], signal: TERM, grace: 2s"));
        SimulatedProcess stubborn = Member(scene, 60, group: 500, ignoresTerm: true);
        SimulatedProcess gentle = Member(scene, 30, group: 500);
        scene.Run(1);
        Assert.True(Scene.IsDead(gentle));
        using Scene again = scene.Restart();
        again.RunUntil(() => Scene.IsDead(stubborn), 5);
        Assert.InRange(again.Now, 2, 2.5);
    }

    [Fact]
    public void A_process_group_with_one_who_is_protected_is_no_candidate()
    {
        using Scene scene = new(Kill("victim: process-group, rank: [size], protect: [ { comm: ^spared$, uid: 0 } ]"));
        SimulatedProcess hog = Member(scene, 200, group: 500);
        Member(scene, 1, group: 500, comm: "spared", uid: 0);
        SimulatedProcess other = Member(scene, 60, group: 600);
        scene.RunUntil(() => Scene.IsDead(other), 5);
        scene.Run(5);
        Assert.False(Scene.IsDead(hog));
    }

    [Theory]
    [InlineData("/system.slice/big.service/worker/1")]
    [InlineData("/user.slice/user-1000.slice/user@1000.service/app.slice/app-big.scope")]
    public void A_unit_dies_whole_with_what_it_has_below(string hog)
    {
        using Scene scene = new(Kill("victim: unit, rank: [size]"));
        SimulatedProcess big = scene.Start("big", hog, 200);
        string unit = hog.Contains("big.service") ? "/system.slice/big.service/helper" : hog;
        SimulatedProcess helper = scene.Start("helper", unit, 5);
        SimulatedProcess other = scene.Start("other", "/system.slice/other.service", 60);
        SimulatedProcess manager =
            scene.Start("systemd", "/user.slice/user-1000.slice/user@1000.service/init.scope", 8);
        scene.RunUntil(() => Scene.IsDead(big) && Scene.IsDead(helper), 5);
        scene.Run(5);
        Assert.False(Scene.IsDead(other) || Scene.IsDead(manager));
    }

    [Fact]
    public void The_smallest_useful_part_is_one_process_of_the_one_to_blame()
    {
        using Scene scene = new(Kill("victim: unit, rank: [size], smallest-useful: true"));
        SimulatedProcess large = scene.Start("large", "/system.slice/blame.service", 150);
        SimulatedProcess rest = scene.Start("rest", "/system.slice/blame.service", 100);
        SimulatedProcess other = scene.Start("other", "/system.slice/other.service", 200);
        scene.RunUntil(() => Scene.IsDead(large), 5);
        scene.Run(5);
        Assert.False(Scene.IsDead(rest) || Scene.IsDead(other));
    }

    [Fact]
    public void Where_no_process_is_useful_alone_the_whole_dies()
    {
        using Scene scene = new(Kill("victim: unit, rank: [size], smallest-useful: true"));
        SimulatedProcess[] many =
            [.. Enumerable.Range(0, 10).Select(_ => scene.Start("one", "/system.slice/blame.service", 20))];
        SimulatedProcess other = scene.Start("other", "/system.slice/other.service", 100);
        scene.RunUntil(() => many.All(Scene.IsDead), 5);
        Assert.False(Scene.IsDead(other));
    }

    [Theory]
    [InlineData("user.oomd_avoid", 0, "")]
    [InlineData("trusted.oomd_omit", 1000, "")]
    [InlineData("user.oomd_avoid", 1000, ", oomd-xattrs: all")]
    [InlineData("user.oomd_omit", 0, ", victim: cgroup")]
    public void An_attribute_of_its_cgroup_spares_it(string name, int owner, string more)
    {
        using Scene scene = new(
            Kill("rank: [size]" + more), kernel: new SimulatedKernelOptions { AdminCapability = true });
        SimulatedProcess spared = scene.Start("spared", "/a/1.service", 200);
        SimulatedProcess other = scene.Start("other", "/a/2.service", 60);
        Attribute(scene, "/a/1.service", name, owner);
        scene.RunUntil(() => Scene.IsDead(other), 5);
        Assert.False(Scene.IsDead(spared));
    }

    [Theory]
    [InlineData("user.oomd_avoid", 1000, "1", "")]
    [InlineData("user.oomd_omit", 1000, "1", "")]
    [InlineData("user.oomd_omit", 0, "no", "")]
    [InlineData("user.oomd_omit", 0, "1", ", oomd-xattrs: ignore")]
    public void An_attribute_that_does_not_count_spares_nobody(string name, int owner, string value, string more)
    {
        using Scene scene = new(Kill("rank: [size]" + more));
        SimulatedProcess hog = scene.Start("hog", "/a/1.service", 200);
        scene.Start("other", "/a/2.service", 60);
        Attribute(scene, "/a/1.service", name, owner, value);
        scene.RunUntil(() => Scene.IsDead(hog), 5);
    }

    [Fact]
    public void Where_only_ones_own_are_compared_the_owners_wish_counts()
    {
        using Scene scene = new("""
            rules:
              - name: a
                for-each: user.slice/user-1000.slice
                when: memory.current > 1MiB
                cooldown: 1min
                then: [ { kill: { from: "./**", victim: cgroup, signal: KILL } } ]
            """);
        SimulatedProcess spared = scene.Start("spared", "/user.slice/user-1000.slice/a.scope", 200);
        SimulatedProcess other = scene.Start("other", "/user.slice/user-1000.slice/b.scope", 60);
        scene.Machine.FindCgroup("/user.slice/user-1000.slice")!.OwnerUid = 1000;
        Attribute(scene, "/user.slice/user-1000.slice/a.scope", "user.oomd_avoid", 1000);
        scene.RunUntil(() => Scene.IsDead(other), 5);
        Assert.False(Scene.IsDead(spared));
    }

    [Fact]
    public void Everybody_may_ask_to_go_first()
    {
        using Scene scene = new(Kill("rank: [size]"));
        SimulatedProcess hog = scene.Start("hog", "/a/1.service", 200);
        SimulatedProcess willing = scene.Start("willing", "/a/2.service", 60);
        Attribute(scene, "/a/2.service", "user.oomd_prefer", 1000);
        scene.RunUntil(() => Scene.IsDead(willing), 5);
        Assert.False(Scene.IsDead(hog));
    }

    [Theory]
    [InlineData("cmdline: \"^java .*-Dspared\"")]
    [InlineData("environ: \"^SPARED=1$\"")]
    [InlineData("oom-score-adj: \"<= -300\"")]
    [InlineData("xattr: user.precious")]
    public void A_matcher_of_each_kind_protects(string matcher)
    {
        using Scene scene = new(Kill($"rank: [size], protect: [ {{ {matcher} }} ]"));
        SimulatedProcess spared = scene.Start(new ProcessOptions
        {
            Comm = "java", Cgroup = "/a/1.service", AnonBytes = 200 * MiB, Uid = 1000, OomScoreAdj = -300,
            Arguments = ["java", "-Xmx1g", "-Dspared"], Environment = ["HOME=/", "SPARED=1"],
        });
        SimulatedProcess other = scene.Start(new ProcessOptions
        {
            Comm = "java", Cgroup = "/a/2.service", AnonBytes = 60 * MiB, Uid = 1000,
            Arguments = ["java", "-Xmx1g"], Environment = ["HOME=/", "SPARED=10"],
        });
        Attribute(scene, "/a/1.service", "user.precious", owner: 0);
        scene.RunUntil(() => Scene.IsDead(other), 5);
        Assert.False(Scene.IsDead(spared));
    }

    [Fact]
    public void Preferences_that_workers_read_are_asked_of_the_best_alone()
    {
        using Scene scene = new(Kill("rank: [size], prefer: [ { cmdline: \"worker\" } ]"));
        for (int i = 0; i < 40; i++)
            scene.Start("small", "/a/small", 2);
        scene.Start("large", "/a/1.service", 200);
        SimulatedProcess worker = scene.Start(new ProcessOptions
        {
            Comm = "python", Cgroup = "/a/2.service", AnonBytes = 60 * MiB, Arguments = ["python", "worker.py"],
        });
        scene.RunUntil(() => Scene.IsDead(worker), 5);
        Assert.Single(scene.Kernel.Signals);
        Assert.InRange(scene.Kernel.Begun.Count, 2, 20);
    }

    [Theory]
    [InlineData("victim: cgroup, prefer: [ { comm: ^small$ } ]")]
    [InlineData("victim: cgroup, prefer: [ { cmdline: ^small } ]")]
    [InlineData("victim: cgroup, avoid: [ { comm: ^big$ } ]")]
    [InlineData("victim: cgroup, avoid: [ { exe: /big$ } ]")]
    [InlineData("victim: cgroup, avoid: [ { cgroup: system.slice/1.service/worker } ]")]
    [InlineData("victim: unit, prefer: [ { comm: ^small$ } ]")]
    [InlineData("victim: unit, avoid: [ { cmdline: ^big } ]")]
    [InlineData("victim: process-group, prefer: [ { comm: ^small$ } ]")]
    [InlineData("victim: process-group, prefer: [ { cmdline: ^small } ]")]
    [InlineData("victim: process-group, avoid: [ { exe: /big$ } ]")]
    public void What_dies_as_one_is_preferred_or_avoided_by_who_is_in_it(string keys)
    {
        using Scene scene = new(Kill("rank: [size], " + keys));
        Member(scene, 100, group: 500, comm: "rest", cgroup: "/system.slice/1.service/worker");
        SimulatedProcess big = Member(scene, 60, group: 500, comm: "big", cgroup: "/system.slice/1.service/worker");
        Member(scene, 40, group: 600, comm: "others", cgroup: "/system.slice/2.service");
        SimulatedProcess small = Member(scene, 20, group: 600, comm: "small", cgroup: "/system.slice/2.service");
        scene.RunUntil(() => Scene.IsDead(small), 5);
        Assert.False(Scene.IsDead(big));
    }

    [Theory]
    [InlineData("prefer: [ { comm: ^small$ } ]")]
    [InlineData("prefer: [ { cmdline: ^small } ]")]
    [InlineData("avoid: [ { exe: /big$ } ]")]
    public void Of_useful_parts_matchers_choose(string keys)
    {
        using Scene scene = new(Kill("victim: unit, rank: [size], smallest-useful: true, " + keys));
        SimulatedProcess big = Member(scene, 150, group: 500, comm: "big", cgroup: "/system.slice/1.service");
        SimulatedProcess small = Member(scene, 60, group: 600, comm: "small", cgroup: "/system.slice/1.service");
        scene.RunUntil(() => Scene.IsDead(small), 5);
        Assert.False(Scene.IsDead(big));
    }

    [Fact]
    public void To_prefer_one_who_is_of_no_use_does_not_take_the_whole()
    {
        using Scene scene = new(Kill("victim: unit, rank: [size], smallest-useful: true, prefer: [ { comm: ^tiny$ } ]"));
        SimulatedProcess big = Member(scene, 150, group: 500, comm: "big", cgroup: "/system.slice/1.service");
        SimulatedProcess tiny = Member(scene, 5, group: 600, comm: "tiny", cgroup: "/system.slice/1.service");
        scene.RunUntil(() => Scene.IsDead(big), 5);
        Assert.False(Scene.IsDead(tiny));
    }

    [Fact]
    public void Many_in_many_cgroups_are_not_all_read()
    {
        using Scene scene = new(Kill("victim: cgroup, rank: [size], prefer: [ { cmdline: ^worker } ]"));
        for (int i = 0; i < 30; i++)
        {
            for (int j = 0; j < 4; j++)
                Member(scene, 2, group: 500, comm: "idle", cgroup: $"/a/{i}");
        }

        Member(scene, 200, group: 500, comm: "large", cgroup: "/b/1");
        SimulatedProcess worker = Member(scene, 60, group: 500, comm: "worker", cgroup: "/b/2");
        scene.RunUntil(() => Scene.IsDead(worker), 5);
        Assert.InRange(scene.Kernel.Begun.Count, 2, 20);
    }

    [Theory]
    [InlineData("/w.slice/w-a.slice/1.scope", "/w.slice/w-a.slice/2.scope")]
    [InlineData("/w.slice/w-a.slice/w-a-b.slice/1.scope", "/w.slice/w-a.slice/w-a-b.slice/2.scope")]
    public void A_useful_slice_below_dies_before_the_whole(string first, string second)
    {
        using Scene scene = new(Kill("victim: cgroup, rank: [size], smallest-useful: true"));
        SimulatedProcess[] within = [scene.Start("1", first, 20), scene.Start("2", second, 20)];
        SimulatedProcess beside = scene.Start("beside", "/w.slice/w-a.slice/3.scope", 5);
        SimulatedProcess other = scene.Start("other", "/w.slice/b.scope", 15);
        scene.Machine.FindCgroup("/w.slice")!.OomGroup = true;
        scene.RunUntil(() => within.All(Scene.IsDead), 5);
        scene.Run(2);
        Assert.False(Scene.IsDead(other));
        Assert.Equal(first.Contains("w-a-b"), !Scene.IsDead(beside));
    }

    [Fact]
    public void Who_lies_in_swap_and_cannot_be_read_holds_nobody_up()
    {
        using Scene scene = new(
            Kill("rank: [size], prefer: [ { cmdline: \"worker\" } ]"),
            kernel: new SimulatedKernelOptions
            {
                Faults = new ScriptedFaults().Delay("/ReadProcess", 60_000_000, times: 1000),
            });
        SimulatedProcess large = scene.Start("large", "/a/1.service", 200);
        scene.Start("other", "/a/2.service", 60);
        scene.RunUntil(() => Scene.IsDead(large), 1);
    }

    [Fact]
    public void The_services_main_process_counts_as_the_unit_and_another_does_not()
    {
        using Scene scene = new(Kill("rank: [size]", cooldown: "1s"));
        SimulatedProcess main = scene.Start("main", "/system.slice/x.service", 50, pid: 400);
        SimulatedProcess worker = scene.Start("worker", "/system.slice/x.service", 100, pid: 500);
        scene.RunUntil(() => Scene.IsDead(worker), 5);
        Assert.DoesNotContain(scene.Kernel.Attributes, attribute => attribute.Contains("oomd_"));
        scene.RunUntil(() => Scene.IsDead(main), 5);
        scene.Run(6);
        Assert.Contains(scene.Kernel.Attributes, attribute => attribute.Contains("oomd_ooms"));
        Assert.Contains(scene.Kernel.Attributes, attribute => attribute.Contains("oomd_kill"));
    }

    [Fact]
    public void A_rules_own_limit_holds_it_back_and_says_until_when()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 0s, then: [ { kill: { from: "a/**", signal: KILL, kills-per-minute: 2 } } ] }
              - { name: b, when: mem.available > 1MiB, cooldown: 0s, then: [ { kill: { from: "b/**", signal: KILL } } ] }
            """);
        for (int i = 0; i < 4; i++)
        {
            scene.Start("a", "/a/1", 30);
            scene.Start("b", "/b/1", 30);
        }

        scene.Run(30);
        Assert.Equal(2, scene.Of(DaemonEventKind.Killed).Count(said => said.Text.Contains("in /a/1")));
        Assert.Equal(4, scene.Of(DaemonEventKind.Killed).Count(said => said.Text.Contains("in /b/1")));
        Assert.Contains(scene.Events, said => said.Text.Contains("the rule's kills-per-minute, 2, are used up; the next"));
        scene.Run(75);
        Assert.Equal(4, scene.Of(DaemonEventKind.Killed).Count(said => said.Text.Contains("in /a/1")));
    }

    [Fact]
    public void A_policy_can_loosen_the_brake_on_futile_kills()
    {
        using Scene scene = new("""
            limits: { futile-kills: 3 }
            rules:
              - { name: a, when: mem.available_user < 50%, cooldown: 1s, then: [ { kill: { from: "a/**", signal: KILL } } ] }
            """);
        scene.Available(100);
        for (int i = 0; i < 5; i++)
            scene.Start("a", "/a/1", 100);
        scene.Run(30);
        Assert.Equal(3, scene.Of(DaemonEventKind.Killed).Count());
        Assert.Contains(scene.Events, said => said.Text.Contains("the last 3 deaths freed less than a quarter"));
    }

    [Fact]
    public void A_dry_run_of_one_action_leaves_the_others_alone()
    {
        using Scene scene = new("""
            rules:
              - name: a
                when: mem.available > 1MiB
                cooldown: 1min
                then:
                  - kill: { from: "a/**", signal: KILL, dry-run: true }
                  - kill: { from: "b/**", signal: KILL }
            """);
        SimulatedProcess spared = scene.Start("a", "/a/1", 60);
        SimulatedProcess victim = scene.Start("b", "/b/1", 60);
        scene.RunUntil(() => Scene.IsDead(victim), 5);
        scene.Run(5);
        Assert.False(Scene.IsDead(spared));
        Assert.Contains(scene.Events, said => said.Text.Contains("dry run, would send KILL"));
    }

    [Fact]
    public void A_chain_that_always_continues_waits_for_no_death_and_needs_no_victim()
    {
        using Scene scene = new("""
            rules:
              - name: a
                when: mem.available > 1MiB
                cooldown: 1min
                then:
                  - kill: { from: "nowhere/**", signal: KILL, always-continue: true }
                  - kill: { from: "a/**", signal: TERM, grace: 1min, always-continue: true }
                  - log: went on
            """);
        SimulatedProcess stubborn = scene.Start(new ProcessOptions
        {
            Comm = "stubborn", Cgroup = "/a/1", AnonBytes = 60 * MiB, IgnoresTerm = true,
        });
        scene.RunUntil(() => scene.Events.Any(said => said.Text.Contains("went on")), 2);
        Assert.False(Scene.IsDead(stubborn));
    }

    private static SimulatedProcess Member(
        Scene scene,
        long mib,
        int group,
        string comm = "job",
        int uid = 1000,
        bool ignoresTerm = false,
        string cgroup = "/a/1",
        int pid = 0) =>
        scene.Start(new ProcessOptions
        {
            Pid = pid, Comm = comm, Cgroup = cgroup, AnonBytes = mib * MiB, Uid = uid, GroupPid = group, SessionPid = 450,
            Exe = $"/usr/bin/{comm}", IgnoresTerm = ignoresTerm,
        });

    private static SimulatedProcess Leaderless(Scene scene, string cgroup, bool ignoresTerm) =>
        scene.Start(new ProcessOptions
        {
            Comm = "threads", Cgroup = cgroup, AnonBytes = 200 * MiB, Uid = 1000, Leaderless = true,
            IgnoresTerm = ignoresTerm,
        });

    private static void Attribute(Scene scene, string cgroup, string name, int owner, string value = "1")
    {
        SimulatedCgroup target = scene.Machine.FindCgroup(cgroup)!;
        target.OwnerUid = owner;
        target.SetAttribute(name, Encoding.UTF8.GetBytes(value));
    }

    private static string Kill(string keys, string cooldown = "1min")
    {
        string signal = keys.Contains("signal:") ? "" : ", signal: KILL";
        return $$"""
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: {{cooldown}}, then: [ { kill: { from: "**", min-size: 30MiB{{signal}}, {{keys}} } } ] }
            """;
    }
}
