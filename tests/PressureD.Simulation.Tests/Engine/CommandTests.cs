using System;
using System.Linq;
using System.Text;
using System.Text.Json;
using PressureD.Core.Commands;
using PressureD.Core.Publishing;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>What people ask of the loop over the bus, on a simulated machine.</summary>
public sealed class CommandTests
{
    private const string Policy = """
        version: 1
        rules:
          - name: low
            when: mem.available_user < 10%
            cooldown: 5s
            then: [ { kill: { from: "**", victim: process, signal: KILL } } ]
          - name: stalls
            when: psi.memory.full.avg10 > 20% for 3s
            then: [ { log: "stalls" } ]
        """;

    [Fact]
    public void While_paused_nobody_dies_and_when_the_pause_is_over_the_rule_acts_by_itself()
    {
        using Scene scene = new(Policy);
        SimulatedProcess hog = scene.Start("hog", "/app.slice/hog", mib: 500);
        Command paused = scene.Ask(CommandKind.Pause, "", number: 3_000_000, text: "backup runs");
        scene.Available(50);
        Assert.Equal(CommandOutcome.Done, paused.Outcome);
        Assert.Equal(
            (DaemonState.Paused, "backup runs"), (scene.Snapshot.State, scene.Snapshot.PauseReason));
        long untilUsec = scene.Snapshot.PausedUntilUsec;
        scene.Run(2.9);
        Assert.False(Scene.IsDead(hog));
        Assert.Single(scene.Fired("low"));
        scene.RunUntil(() => Scene.IsDead(hog), bySeconds: 4);
        Assert.True(scene.Snapshot.NowUsec >= untilUsec);
        Assert.Equal(0, scene.Snapshot.PausedUntilUsec);
        Assert.Contains("paused by uid 0 for 3.0 s: backup runs", scene.Text, StringComparison.Ordinal);
        Assert.Contains("the pause is over", scene.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Resume_ends_a_pause_at_once_and_fails_without_one()
    {
        using Scene scene = new(Policy);
        SimulatedProcess hog = scene.Start("hog", "/app.slice/hog", mib: 500);
        Assert.Equal(CommandOutcome.NotPossible, scene.Ask(CommandKind.Resume, "").Outcome);
        scene.Ask(CommandKind.Pause, "", number: 3_600_000_000);
        scene.Available(50);
        scene.Run(2);
        Assert.False(Scene.IsDead(hog));
        Assert.Equal(CommandOutcome.Done, scene.Ask(CommandKind.Resume, "").Outcome);
        scene.RunUntil(() => Scene.IsDead(hog), bySeconds: 4);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(long.MaxValue)]
    public void A_pause_without_length_or_without_end_is_refused(long usec)
    {
        using Scene scene = new(Policy);
        Assert.Equal(CommandOutcome.InvalidArgument, scene.Ask(CommandKind.Pause, "", number: usec).Outcome);
        Assert.Equal(0, scene.Snapshot.PausedUntilUsec);
    }

    [Fact]
    public void A_pause_leaves_a_victim_alone_that_was_asked_to_leave_before_it()
    {
        using Scene scene = new(Policy.Replace("signal: KILL", "signal: TERM, grace: 2s", StringComparison.Ordinal));
        SimulatedProcess hog = scene.Start(
            new ProcessOptions { Comm = "hog", Cgroup = "/app.slice/hog", AnonBytes = 500 << 20, IgnoresTerm = true });
        scene.Available(50);
        scene.RunUntil(() => scene.Kernel.Signals.Count == 1, bySeconds: 2);
        scene.Ask(CommandKind.Pause, "", number: 60_000_000);
        scene.Run(10);
        Assert.False(Scene.IsDead(hog));
        Assert.True(scene.Text.Contains(": actions are paused, first", StringComparison.Ordinal), scene.Text);
    }

    [Fact]
    public void A_dry_run_of_one_rule_ends_when_it_is_said_and_outlives_a_new_policy()
    {
        using Scene scene = new(Policy);
        SimulatedProcess hog = scene.Start("hog", "/app.slice/hog", mib: 500);
        Assert.Equal(CommandOutcome.NoSuchRule, scene.Ask(CommandKind.SetDryRun, "lo", flag: true).Outcome);
        Assert.Equal(CommandOutcome.Done, scene.Ask(CommandKind.SetDryRun, "low", flag: true).Outcome);
        Assert.False(scene.Snapshot.DryRun);
        scene.Available(50);
        scene.Run(1);
        scene.Loop.ReplacePolicy(Scene.Compile(Policy));
        scene.Run(3);
        Assert.False(Scene.IsDead(hog));
        Assert.Contains(scene.Of(DaemonEventKind.SignalSent), said => said.Text.Contains("dry run, would send"));
        scene.Ask(CommandKind.SetDryRun, "low", flag: false);
        scene.RunUntil(() => Scene.IsDead(hog), bySeconds: 20);
    }

    [Fact]
    public void A_dry_run_of_one_rule_outlives_a_policy_that_does_not_have_it()
    {
        using Scene scene = new(Policy);
        SimulatedProcess hog = scene.Start("hog", "/app.slice/hog", mib: 500);
        scene.Ask(CommandKind.SetDryRun, "low", flag: true);
        scene.Run(1);
        scene.Loop.ReplacePolicy(
            Scene.Compile("rules: [ { name: b, when: mem.available < 1MiB, then: [ { log: never } ] } ]"));
        scene.Run(2);
        scene.Loop.ReplacePolicy(Scene.Compile(Policy));
        scene.Available(50);
        scene.Run(5);
        Assert.False(Scene.IsDead(hog));
        Assert.Contains(scene.Of(DaemonEventKind.SignalSent), said => said.Text.Contains("dry run, would send"));
    }

    [Fact]
    public void A_dry_run_of_all_is_switched_and_shown()
    {
        using Scene scene = new(Policy);
        SimulatedProcess hog = scene.Start("hog", "/app.slice/hog", mib: 500);
        scene.Ask(CommandKind.SetDryRun, "", flag: true);
        Assert.True(scene.Snapshot.DryRun);
        scene.Available(50);
        scene.Run(3);
        Assert.False(Scene.IsDead(hog));
        scene.Ask(CommandKind.SetDryRun, "", flag: false);
        scene.RunUntil(() => Scene.IsDead(hog), bySeconds: 20);
        Assert.False(scene.Snapshot.DryRun);
    }

    [Fact]
    public void A_daemon_that_was_started_as_a_dry_run_is_not_armed()
    {
        using Scene scene = new(Policy, dryRun: true);
        Assert.Equal(CommandOutcome.NotPossible, scene.Ask(CommandKind.SetDryRun, "", flag: false).Outcome);
        Assert.Equal(CommandOutcome.NotPossible, scene.Ask(CommandKind.SetDryRun, "low", flag: false).Outcome);
        Assert.True(scene.Snapshot.DryRun);
    }

    [Fact]
    public void Why_not_names_the_false_condition_and_whom_it_would_hit()
    {
        using Scene scene = new(Policy);
        scene.Start("hog", "/app.slice/hog", mib: 500, pid: 4711);
        scene.Available(600);
        scene.Run(2);
        string why = Values(scene.Ask(CommandKind.WhyNot, "low"));
        Assert.Matches("condition\\|\\|the condition is false, for [23]", why);
        Assert.Contains("term||mem.available_user 60.0% (needs < 10.0%): false for", why, StringComparison.Ordinal);
        Assert.Matches("^\\|4711\\|hog\\|app.slice/hog\\|5[0-9]{8}\\|", why);
    }

    [Fact]
    public void Why_not_says_that_nobody_qualifies_and_looks_for_nobody_where_a_rule_kills_nobody()
    {
        using Scene scene = new(Policy.Replace("**", "none.slice/**", StringComparison.Ordinal));
        scene.Start("hog", "/app.slice/hog", mib: 500);
        scene.Available(600);
        scene.Run(2);
        string why = Values(scene.Ask(CommandKind.WhyNot, "low"));
        Assert.StartsWith("|0|||0|condition|", why, StringComparison.Ordinal);
        Assert.Contains("|no-candidate||nobody qualifies", why, StringComparison.Ordinal);
        why = Values(scene.Ask(CommandKind.WhyNot, "stalls"));
        Assert.StartsWith("|0|||0|condition|", why, StringComparison.Ordinal);
        Assert.DoesNotContain("no-candidate", why, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_to_be_recorded_is_an_incident_with_samples_from_before_and_after()
    {
        using Scene scene = new(Policy);
        scene.Run(8);
        Command asked = scene.Ask(CommandKind.Record, "", text: "the mouse stood still");
        Assert.Equal("|1", Values(asked));
        Assert.Contains(
            "what the machine looks like is recorded for uid 0: the mouse stood still", scene.Text,
            StringComparison.Ordinal);

        // One at a time, so that what happens meanwhile has its place.
        Assert.Equal(CommandOutcome.NotPossible, scene.Ask(CommandKind.Record, "", text: "again").Outcome);
        scene.Run(20);
        JsonElement incident = Assert.Single(scene.Incidents.Written);
        Assert.Equal(
            ("recorded", "recorded: the mouse stood still", 0, JsonValueKind.Null),
            (incident.GetProperty("outcome").GetString(), incident.GetProperty("summary").GetString(),
                incident.GetProperty("asked_by_uid").GetInt32(), incident.GetProperty("rule").ValueKind));
        long[] times =
            [.. incident.GetProperty("samples").GetProperty("rows").EnumerateArray().Select(row => row[0].GetInt64())];
        Assert.InRange(times[0], -9_000_000, -5_000_000);
        Assert.InRange(times[^1], 9_000_000, 10_500_000);
        Assert.Equal("|2", Values(scene.Ask(CommandKind.Record, "", text: "again")));
    }

    [Fact]
    public void A_record_for_nothing_is_refused()
    {
        using Scene scene = new(Policy);
        Assert.Equal(CommandOutcome.InvalidArgument, scene.Ask(CommandKind.Record, "").Outcome);
        scene.Run(15);
        Assert.Empty(scene.Incidents.Written);
    }

    [Fact]
    public void Why_not_says_how_long_a_condition_has_to_hold_yet()
    {
        using Scene scene = new(Policy);
        scene.At(1, () => scene.Pressure(full: 50));
        scene.Run(2.5);
        string why = Values(scene.Ask(CommandKind.WhyNot, "stalls"));
        Assert.Matches("for\\|\\|the condition holds, but for [12]", why);
        Assert.Contains("and it has to for 3.0 s", why, StringComparison.Ordinal);
    }

    [Fact]
    public void Why_not_says_that_nobody_qualifies_while_the_rule_wants_to_kill()
    {
        using Scene scene = new(Policy.Replace("**", "none.slice/**", StringComparison.Ordinal));
        scene.Start("hog", "/app.slice/hog", mib: 500);
        scene.Available(50);
        scene.Run(2);
        string why = Values(scene.Ask(CommandKind.WhyNot, "low"));
        Assert.StartsWith("|0|||0|", why, StringComparison.Ordinal);
        Assert.Contains("no-candidate||nobody qualifies", why, StringComparison.Ordinal);
    }

    [Fact]
    public void Why_not_names_who_would_die_while_a_rule_is_about_to_kill()
    {
        using Scene scene = new("""
            rules:
              - name: soon
                when: mem.available_user < 10% for 60s
                then: [ { kill: { from: "app.slice/**", victim: process } } ]
              - name: other
                when: mem.available_user < 1%
                then: [ { kill: { from: "other.slice/**", victim: process } } ]
            """);
        SimulatedProcess hog = scene.Start("hog", "/app.slice/hog", mib: 500);
        scene.Start("else", "/other.slice/x", mib: 100);
        scene.Available(50);
        scene.Run(2);
        Assert.Contains("|pending|", Values(scene.Ask(CommandKind.ListRules, "")), StringComparison.Ordinal);
        string expected = $"|{hog.Pid}|hog|app.slice/hog|";
        double before = scene.Now;
        Assert.StartsWith(expected, Values(scene.Ask(CommandKind.WhyNot, "soon")), StringComparison.Ordinal);

        // Within the same second nobody is looked for again, and what was found is told; of another rule nothing is.
        Assert.StartsWith(expected, Values(scene.Ask(CommandKind.WhyNot, "soon")), StringComparison.Ordinal);
        Assert.StartsWith("|0|||0|", Values(scene.Ask(CommandKind.WhyNot, "other")), StringComparison.Ordinal);
        Assert.InRange(scene.Now, before, before + 0.9);
        scene.Run(scene.Now + 1.1);
        Assert.Contains("|else|", Values(scene.Ask(CommandKind.WhyNot, "other")), StringComparison.Ordinal);
    }

    [Fact]
    public void Why_not_names_nobody_who_was_signalled_since_by_hand_neither()
    {
        using Scene scene = new("""
            rules:
              - name: soon
                when: mem.available_user < 10% for 60s
                then: [ { kill: { from: "app.slice/**", victim: process } } ]
            """);
        scene.Start("hog", "/app.slice/hog", mib: 500, pid: 4711);
        scene.Start("next", "/app.slice/next", mib: 100);
        scene.Available(50);
        scene.Run(2);
        double before = scene.Now;
        Assert.StartsWith("|4711|hog|", Values(scene.Ask(CommandKind.WhyNot, "soon")), StringComparison.Ordinal);
        Assert.Equal(CommandOutcome.Done, scene.Ask(CommandKind.KillProcess, "", 4711).Outcome);
        Assert.StartsWith("|0|||0|", Values(scene.Ask(CommandKind.WhyNot, "soon")), StringComparison.Ordinal);
        Assert.InRange(scene.Now, before, before + 0.9);
        scene.Run(scene.Now + 1.1);
        Assert.Contains("|next|", Values(scene.Ask(CommandKind.WhyNot, "soon")), StringComparison.Ordinal);
    }

    [Fact]
    public void Why_not_names_every_gate_that_holds()
    {
        using Scene scene = new(Policy);
        SimulatedProcess hog = scene.Start("hog", "/app.slice/hog", mib: 500);
        scene.Available(50);
        scene.RunUntil(() => Scene.IsDead(hog), bySeconds: 2);
        scene.Run(scene.Now + 1);
        scene.Ask(CommandKind.SetDryRun, "low", flag: true);
        scene.Ask(CommandKind.Pause, "", number: 60_000_000, text: "why not");
        string why = Values(scene.Ask(CommandKind.WhyNot, "low"));
        Assert.Contains("paused||all actions are paused for ", why, StringComparison.Ordinal);
        Assert.Contains("more: why not", why, StringComparison.Ordinal);
        Assert.Contains("dry-run||the rule is in a dry run", why, StringComparison.Ordinal);
        Assert.Contains("cooldown||it acted 1.", why, StringComparison.Ordinal);
        Assert.Contains("its cooldown of 5.0 s goes on for 3.", why, StringComparison.Ordinal);
    }

    [Fact]
    public void Rules_are_listed_with_how_they_stand()
    {
        using Scene scene = new(Policy);
        scene.Start("hog", "/app.slice/hog", mib: 500);
        scene.Available(50);
        scene.Ask(CommandKind.SetDryRun, "low", flag: true);
        scene.Run(1);
        string rules = Values(scene.Ask(CommandKind.ListRules, ""));
        Assert.Contains("low|p.yaml:3|active|1|0|1|1|", rules, StringComparison.Ordinal);
        Assert.Contains("stalls|p.yaml:7|idle|0|0|1|0|0|0", rules, StringComparison.Ordinal);
        Assert.EndsWith("|1", rules, StringComparison.Ordinal);
    }

    [Fact]
    public void A_flood_of_questions_does_not_make_the_loop_sample_more_often()
    {
        using Scene quiet = new(Policy);
        using Scene asked = new(Policy);
        asked.Kernel.IsWokenEarly = true;
        quiet.Run(20);
        while (asked.Now < 20)
        {
            while (asked.Commands.Begin(CommandKind.ListRules) is not null)
                asked.Commands.Submit();
            asked.Step();
            while (asked.Commands.PeekAnswer() is not null)
                asked.Commands.Release();
        }

        Assert.True(asked.Steps.Count > quiet.Steps.Count);
        Assert.Equal(quiet.Loop.Steps, asked.Loop.Steps);
    }

    // The values of an answer between bars.
    internal static string Values(Command command)
    {
        Assert.True(command.Outcome == CommandOutcome.Done, command.Problem.ToString());
        StringBuilder text = new();
        ReadOnlySpan<byte> values = command.Reply.Span;
        while (!values.IsEmpty)
        {
            int length = values[0] is (byte)'s' or (byte)'a' or (byte)'(' ? BitConverter.ToInt32(values[1..]) + 6 : 9;
            switch (values[0])
            {
                case (byte)']' or (byte)')':
                    length = 1;
                    break;
                case (byte)'s':
                    text.Append('|').Append(Encoding.UTF8.GetString(values[5..(length - 1)]));
                    break;
                case (byte)'a' or (byte)'(':
                    break;
                default:
                    text.Append('|').Append(BitConverter.ToUInt64(values[1..]));
                    break;
            }

            values = values[length..];
        }

        return text.ToString();
    }
}
