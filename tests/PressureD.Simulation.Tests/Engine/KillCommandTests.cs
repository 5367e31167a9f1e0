using System;
using System.Linq;
using System.Text.Json;
using PressureD.Core.Commands;
using PressureD.Core.Publishing;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>A kill that somebody asks for, on a simulated machine without any pressure.</summary>
public sealed class KillCommandTests
{
    private const string Policy = """
        version: 1
        protect: [ { comm: "^shielded$" } ]
        rules:
          - name: low
            when: mem.available_user < 10%
            cooldown: 5s
            then: [ { kill: { from: "app.slice/**", victim: process, signal: KILL, rank: [size],
                              protect: [ { comm: "^spared$" } ] } } ]
          - name: tell
            when: mem.available_user < 1%
            then: [ { log: "low" } ]
          - name: each
            for-each: "app.slice/*"
            when: memory.current > 900MiB
            cooldown: 5s
            then: [ { kill: { from: "./**", victim: process, signal: KILL } } ]
        """;

    [Fact]
    public void By_a_rule_the_one_dies_that_the_rule_would_choose_though_its_condition_is_false()
    {
        using Scene scene = new(Policy);
        SimulatedProcess larger = scene.Start("elsewhere", "/other.slice/x", mib: 200);
        SimulatedProcess spared = scene.Start("spared", "/app.slice/a", mib: 150);
        SimulatedProcess hog = scene.Start("hog", "/app.slice/b", mib: 100);
        SimulatedProcess small = scene.Start("small", "/app.slice/c", mib: 50);
        scene.Run(2);
        Command done = scene.Ask(CommandKind.KillByRule, "low");
        Assert.Equal(CommandOutcome.Done, done.Outcome);
        Assert.Contains("low: KILL to " + hog.Pid, Answer(done), StringComparison.Ordinal);
        scene.RunUntil(() => Scene.IsDead(hog), bySeconds: 4);
        scene.Run(20);
        Assert.False(Scene.IsDead(larger) || Scene.IsDead(spared) || Scene.IsDead(small));
        Assert.Equal(1, scene.Snapshot.Kills);
        Assert.Equal("low", Assert.Single(scene.Of(DaemonEventKind.Killed)).Rule);

        JsonElement incident = Assert.Single(scene.Incidents.Written);
        Assert.Equal("killed", incident.GetProperty("outcome").GetString());
        Assert.Equal("low", incident.GetProperty("rule").GetString());
        Assert.Equal(0, incident.GetProperty("asked_by_uid").GetInt32());
        Assert.Equal(
            ["spared protected", "hog  taken", "small "],
            incident.GetProperty("candidates").EnumerateArray().Select(row =>
                $"{row.GetProperty("comm").GetString()} {row.GetProperty("verdict").GetString()}"
                + (row.TryGetProperty("taken", out _) ? " taken" : "")));
    }

    [Fact]
    public void By_a_rule_nobody_else_dies_at_once_when_the_one_it_would_choose_is_leaving()
    {
        using Scene scene = new(Policy);
        SimulatedProcess hog = scene.Start(new ProcessOptions
        {
            Comm = "hog", Cgroup = "/app.slice/b", AnonBytes = 100 * Scene.MiB, Uid = 1000, ExitUsecPerMiB = 20_000,
        });
        SimulatedProcess small = scene.Start("small", "/app.slice/c", mib: 50);
        scene.Run(2);
        scene.Loop.Rehearse();
        scene.Machine.Exit(hog);
        double asked = scene.Now;
        Command done = scene.Ask(CommandKind.KillByRule, "low");
        Assert.InRange(scene.Now - asked, 0.5, 1.6);
        Assert.Contains("low: KILL to " + small.Pid, Answer(done), StringComparison.Ordinal);
    }

    [Fact]
    public void The_rules_cooldown_begins_with_it()
    {
        using Scene scene = new(Policy);
        SimulatedProcess hog = scene.Start("hog", "/app.slice/b", mib: 100);
        SimulatedProcess next = scene.Start("next", "/app.slice/c", mib: 90);
        scene.Run(2);
        scene.Ask(CommandKind.KillByRule, "low");
        scene.RunUntil(() => Scene.IsDead(hog), bySeconds: 4);
        double asked = scene.Now;
        scene.Available(50);
        scene.Run(asked + 3);
        Assert.False(Scene.IsDead(next));
        scene.RunUntil(() => Scene.IsDead(next), bySeconds: asked + 8);
    }

    [Fact]
    public void As_a_question_it_names_the_victim_and_leaves_no_trace()
    {
        using Scene scene = new(Policy);
        scene.Start("hog", "/app.slice/b", mib: 100, pid: 4711);
        scene.Run(2);
        foreach ((CommandKind kind, string name, int pid) in new[]
        {
            (CommandKind.KillByRule, "low", 0),
            (CommandKind.KillCgroup, "/app.slice/b", 0),
            (CommandKind.KillProcess, "", 4711),
        })
        {
            Command asked = scene.Ask(kind, name, number: pid, flag: true);
            Assert.Equal(CommandOutcome.Done, asked.Outcome);
            Assert.Contains("dry run, would send ", Answer(asked), StringComparison.Ordinal);
        }

        scene.Run(20);
        scene.AssertPeace();
        Assert.Empty(scene.Incidents.Written);
        Assert.Empty(scene.Of(DaemonEventKind.SignalSent));
    }

    [Fact]
    public void In_a_dry_run_it_is_only_said_and_recorded()
    {
        using Scene scene = new(Policy, dryRun: true);
        SimulatedProcess hog = scene.Start("hog", "/app.slice/b", mib: 100);
        scene.Run(2);
        Command asked = scene.Ask(CommandKind.KillProcess, "", number: hog.Pid);
        Assert.Contains("by hand: dry run, would send TERM to", Answer(asked), StringComparison.Ordinal);
        scene.Run(20);
        scene.AssertPeace();
        Assert.Equal("dry-run", Assert.Single(scene.Incidents.Written).GetProperty("outcome").GetString());
    }

    [Fact]
    public void Who_has_the_number_of_somebody_else_by_now_is_not_taken()
    {
        using Scene scene = new(Policy);
        SimulatedProcess hog = scene.Start("hog", "/app.slice/b", mib: 100);
        scene.Run(2);
        Command asked = scene.Ask(CommandKind.KillProcess, "", number: hog.Pid, startTicks: (hog.StartUsec / 10_000) + 1);
        Assert.Equal(CommandOutcome.NoSuchVictim, asked.Outcome);
        scene.Run(8);
        scene.AssertPeace();
        asked = scene.Ask(CommandKind.KillProcess, "", number: hog.Pid, startTicks: hog.StartUsec / 10_000);
        Assert.Contains("by hand: TERM to", Answer(asked), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_is_named_and_ignores_TERM_gets_KILL_without_any_pressure()
    {
        using Scene scene = new(Policy);
        SimulatedProcess hog = Stubborn(scene);
        scene.Run(2);
        Command asked = scene.Ask(CommandKind.KillProcess, "", number: hog.Pid);
        Assert.Contains("by hand: TERM to", Answer(asked), StringComparison.Ordinal);
        Assert.Contains("because user 0 asked for it", Answer(asked), StringComparison.Ordinal);
        double from = scene.Now;
        scene.Ask(CommandKind.Pause, "", number: 60_000_000, text: "none of the incident's");
        scene.Run(from + 4);
        Assert.False(Scene.IsDead(hog));
        scene.RunUntil(() => Scene.IsDead(hog), bySeconds: from + 7);
        scene.Run(scene.Now + 15);
        JsonElement incident = Assert.Single(scene.Incidents.Written);
        Assert.Equal(JsonValueKind.Null, incident.GetProperty("rule").ValueKind);
        string[] kinds = [.. incident.GetProperty("acts").EnumerateArray()
            .Select(act => act.GetProperty("kind").GetString()!)];
        Assert.Equal(["signalled", "said", "died"], kinds);
        Assert.Equal("killed", incident.GetProperty("outcome").GetString());
    }

    [Fact]
    public void Who_is_asked_for_twice_is_not_asked_twice_to_leave()
    {
        using Scene scene = new(Policy);
        SimulatedProcess hog = Stubborn(scene);
        scene.Run(2);
        scene.Ask(CommandKind.KillProcess, "", number: hog.Pid);
        Command again = scene.Ask(CommandKind.KillProcess, "", number: hog.Pid);
        Assert.Contains("KILL, before its grace is over, to", Answer(again), StringComparison.Ordinal);
        scene.RunUntil(() => Scene.IsDead(hog), bySeconds: scene.Now + 1);
    }

    [Fact]
    public void It_goes_on_over_a_reload_and_over_a_restart()
    {
        using Scene scene = new(Policy);
        SimulatedProcess hog = Stubborn(scene);
        scene.Run(2);
        scene.Ask(CommandKind.KillProcess, "", number: hog.Pid);
        scene.Loop.ReplacePolicy(Scene.Compile(Policy));
        scene.Run(scene.Now + 1);
        using Scene next = scene.Restart();
        next.RunUntil(() => Scene.IsDead(hog), bySeconds: next.Now + 7);
    }

    [Fact]
    public void Who_asks_and_is_told_that_nobody_answers_is_not_obeyed_later()
    {
        using Scene scene = new(Policy);
        SimulatedProcess hog = scene.Start("hog", "/app.slice/b", mib: 100);
        scene.Run(2);
        Command command = scene.Commands.Begin(CommandKind.KillProcess)!;
        command.Number = hog.Pid;
        command.DeadlineUsec = scene.Snapshot.NowUsec;
        scene.Commands.Submit();
        scene.RunUntil(() => scene.Commands.PeekAnswer() is not null, bySeconds: scene.Now + 5);
        Refused(command, CommandOutcome.NotPossible);
        scene.Run(scene.Now + 7);
        scene.AssertPeace();
    }

    [Fact]
    public void All_in_a_named_cgroup_die_and_nobody_else()
    {
        using Scene scene = new(Policy);
        SimulatedProcess[] within =
        [
            scene.Start("one", "/app.slice/b", mib: 10), scene.Start("two", "/app.slice/b/below", mib: 10),
        ];
        SimulatedProcess beside = scene.Start("beside", "/app.slice/bb", mib: 10);
        scene.Run(2);
        Command asked = scene.Ask(CommandKind.KillCgroup, "app.slice/b/");
        Assert.Contains("TERM to cgroup /app.slice/b,", Answer(asked), StringComparison.Ordinal);
        scene.RunUntil(() => within.All(Scene.IsDead), bySeconds: 4);
        Assert.False(Scene.IsDead(beside));
    }

    [Fact]
    public void A_pause_and_the_brake_have_no_say_over_who_is_named()
    {
        using Scene scene = new("limits: { kills-per-minute: 1 }\n" + Policy);
        SimulatedProcess first = scene.Start("first", "/app.slice/a", mib: 100);
        SimulatedProcess second = scene.Start("second", "/app.slice/b", mib: 90);
        scene.Run(2);
        scene.Ask(CommandKind.Pause, "", number: 600_000_000);
        Assert.Equal(CommandOutcome.Done, scene.Ask(CommandKind.KillByRule, "low").Outcome);
        scene.RunUntil(() => Scene.IsDead(first), bySeconds: 4);
        scene.Run(scene.Now + 2);
        Command braked = scene.Ask(CommandKind.KillByRule, "low");
        Assert.Equal(CommandOutcome.NotPossible, braked.Outcome);
        Assert.Contains("the brake holds it back: 1 kill within a minute is used up", braked.Problem.ToString(), StringComparison.Ordinal);
        Assert.Equal(CommandOutcome.Done, scene.Ask(CommandKind.KillProcess, "", number: second.Pid).Outcome);
        scene.RunUntil(() => Scene.IsDead(second), bySeconds: scene.Now + 2);
    }

    [Fact]
    public void Who_is_never_a_victim_is_none_by_name_either()
    {
        using Scene scene = new(Policy);
        int shielded = scene.Start("shielded", "/app.slice/a", mib: 100).Pid;
        int exempt = scene.Start(
            new ProcessOptions { Comm = "exempt", Cgroup = "/app.slice/e", OomScoreAdj = -1000 }).Pid;
        int thread = scene.Start(new ProcessOptions { Comm = "kworker", Cgroup = "/", KernelThread = true }).Pid;
        scene.Run(2);
        foreach (int pid in new[] { 1, scene.Daemon.Pid, shielded, exempt, thread })
            Refused(scene.Ask(CommandKind.KillProcess, "", number: pid), CommandOutcome.Protected);
        foreach (string cgroup in new[] { "/", scene.Daemon.Cgroup.Path, "/app.slice/a", "app.slice", "/app.slice/e" })
            Refused(scene.Ask(CommandKind.KillCgroup, cgroup), CommandOutcome.Protected);
        scene.Run(scene.Now + 7);
        scene.AssertPeace();
    }

    [Fact]
    public void What_there_is_not_is_named_in_the_error()
    {
        using Scene scene = new(Policy);
        scene.Machine.MakeCgroup("/app.slice/empty");
        scene.Start("one", "/app.slice/one", mib: 1);
        scene.Start("two", "/app.slice/two", mib: 1);
        scene.Run(2);
        foreach (long pid in new long[] { 0, 99_999, uint.MaxValue })
        {
            string problem = Refused(
                scene.Ask(CommandKind.KillProcess, "", number: pid), CommandOutcome.NoSuchVictim);
            Assert.Contains($"there is no process {pid}", problem, StringComparison.Ordinal);
        }

        foreach (string cgroup in new[] { "/nowhere", "/app.slice/empty", "..", "/app.slice/../app.slice/one" })
            Refused(scene.Ask(CommandKind.KillCgroup, cgroup), CommandOutcome.NoSuchVictim);
        Refused(scene.Ask(CommandKind.KillByRule, new string('x', 4000)), CommandOutcome.NoSuchRule);
        Refused(scene.Ask(CommandKind.KillByRule, "tell"), CommandOutcome.InvalidArgument);
        Assert.Contains(
            "several are as near to acting",
            Refused(scene.Ask(CommandKind.KillByRule, "each"), CommandOutcome.NotPossible),
            StringComparison.Ordinal);
        scene.AssertPeace();
    }

    [Fact]
    public void The_end_of_a_grace_time_is_kept_in_a_calm_machine()
    {
        using Scene scene = new(Policy);
        scene.Available(400);
        SimulatedProcess hog = Stubborn(scene);
        scene.Run(2);
        scene.Ask(CommandKind.KillProcess, "", number: hog.Pid);
        scene.RunUntil(() => scene.Kernel.Signals.Count == 2, bySeconds: scene.Now + 7);
        long termUsec = scene.Kernel.Signals[0].Usec;
        Assert.InRange(scene.Kernel.Signals[1].Usec - termUsec, 5_000_000, 5_150_000);
    }

    [Fact]
    public void A_rule_that_finds_nobody_says_why()
    {
        using Scene scene = new(Policy);
        scene.Start("spared", "/app.slice/a", mib: 150);
        scene.Run(2);
        string problem = Refused(scene.Ask(CommandKind.KillByRule, "low"), CommandOutcome.NotPossible);
        Assert.Matches("nobody qualifies: \\d+ \\(spared\\) 150.* MiB: protected", problem);
        scene.AssertPeace();
    }

    private static SimulatedProcess Stubborn(Scene scene) => scene.Start(new ProcessOptions
    {
        Comm = "hog", Cgroup = "/app.slice/hog", AnonBytes = 100 * Scene.MiB, IgnoresTerm = true,
    });

    private static string Refused(Command command, CommandOutcome outcome)
    {
        Assert.True(command.Outcome == outcome, $"{command.Outcome}: {command.Problem}");
        return command.Problem.ToString();
    }

    /// <summary>What was said was done.</summary>
    private static string Answer(Command command)
    {
        Assert.True(command.Outcome == CommandOutcome.Done, command.Problem.ToString());
        return CommandTests.Values(command);
    }
}
