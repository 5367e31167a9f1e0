using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using PressureD.Core.Incidents;
using PressureD.Core.Publishing;
using PressureD.Simulation.Faults;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>Every firing leaves a record with what was so, what was done or not, and what came of it.</summary>
public sealed class IncidentTests
{
    private const long MiB = Scene.MiB;

    private const string LowWithCooldown = """
        rules:
          - name: low
            when: mem.available_user < 10%
            cooldown: 20s
            then: [ { kill: { from: "a/**", signal: KILL } } ]
        """;

    [Fact]
    public void One_that_goes_on_is_shown_as_it_is_so_far()
    {
        using Scene scene = new("""
            rules:
              - name: low
                when: mem.available_user < 10%
                then: [ { notify: low }, { wait: 30s }, { log: "still" } ]
            """);
        scene.Available(50);
        scene.RunUntil(() => scene.Fired("low").Length > 0, 3);
        scene.Run(scene.Now + 2);
        Assert.Empty(scene.Incidents.Written);
        Look(scene, id: 1);
        OpenIncidentHead head = scene.OpenIncidents.Heads[0];
        Assert.Equal((1, 1, "low"), (scene.OpenIncidents.Heads.Length, head.Id, head.Rule));
        Assert.StartsWith("still going on: fired: mem.available_user 5.0%", head.Summary.ToString());
        JsonElement shown = Json(scene.OpenIncidents.Found!);
        Assert.InRange(shown.GetProperty("so_far_usec").GetInt64(), 1_900_000, 3_100_000);
        Assert.Equal("raised the level to low", Text(Acts(shown)[0], "text"));
        Assert.Equal(50_000, shown.GetProperty("condition").GetProperty("comparisons")[0].GetProperty("value").GetInt64());
        Assert.True(shown.GetProperty("samples").GetProperty("rows").GetArrayLength() > 1);
        scene.OpenIncidents.Release();

        scene.Run(scene.Now + 15);
        JsonElement kept = Assert.Single(scene.Incidents.Written);
        Assert.Equal(1, kept.GetProperty("id").GetInt64());
        Assert.False(kept.TryGetProperty("so_far_usec", out _));
        Look(scene, id: 1);
        Assert.Equal(0, scene.OpenIncidents.Heads.Length);
        Assert.Null(scene.OpenIncidents.Found);
    }

    [Fact]
    public void One_that_waits_to_be_written_is_shown_too_and_the_newest_is_first()
    {
        using Scene scene = new(LowWithCooldown);
        scene.Incidents.Writes = false;
        SimulatedProcess hog = scene.Start("hog", "/a/1", 400);
        scene.Ask(Core.Commands.CommandKind.Record, "", text: "before");
        scene.Available(50);
        scene.RunUntil(() => Scene.IsDead(hog), 5);
        scene.Run(30);
        Assert.True(scene.Incidents.Waiting > 1);
        Look(scene, id: 2);
        Assert.Equal([2, 1], [.. scene.OpenIncidents.Heads[^2..].ToArray().Select(static head => head.Id)]);
        Assert.Equal(hog.Pid, Json(scene.OpenIncidents.Found!).GetProperty("victim").GetProperty("pid").GetInt32());
    }

    [Fact]
    public void What_was_done_outlives_a_daemon_that_ends_before_it_is_complete_and_its_number_is_its_own()
    {
        using Scene scene = new(LowWithCooldown);
        SimulatedProcess hog = scene.Start("hog", "/a/1", 400);
        scene.Available(50);
        scene.RunUntil(() => scene.Kernel.Signals.Count > 0, 5);
        Assert.Empty(scene.Incidents.Written);
        JsonElement kept = scene.Incidents.SoFar[^1];
        Assert.Equal((1, "signalled"), (kept.GetProperty("id").GetInt64(), Text(kept, "outcome")));
        Assert.True(kept.GetProperty("cut_off").GetBoolean());
        Assert.Equal(hog.Pid, kept.GetProperty("victim").GetProperty("pid").GetInt32());
        Assert.Contains(
            "the daemon ended before it was complete: KILL to", HeadOf(kept), System.StringComparison.Ordinal);

        using Scene next = scene.Restart();
        next.Start("other", "/a/2", 300);
        next.Run(next.Now + 40);
        Assert.Contains(next.Events, said => said.Kind == DaemonEventKind.Killed);
        Assert.NotEmpty(next.Incidents.Written);
        Assert.All(next.Incidents.Written, incident => Assert.True(incident.GetProperty("id").GetInt64() > 1));
    }

    [Theory]
    [InlineData("KILL", "KILL, before its grace is over, to ")]
    [InlineData("TERM", "waits too for the end of ")]
    public void Whom_two_rules_want_is_in_both_incidents(string signal, string said)
    {
        using Scene scene = new($$"""
            rules:
              - name: soon
                when: mem.available_user < 10%
                cooldown: 1h
                then: [ { kill: { from: "a/**", grace: 6s } } ]
              - name: now
                when: mem.available_user < 10% for 1s
                cooldown: 1h
                then: [ { kill: { from: "a/**", signal: {{signal}}, grace: 1s } } ]
            """);
        SimulatedProcess hog = scene.Start(new ProcessOptions
        {
            Comm = "hog", Cgroup = "/a/1", AnonBytes = 400 * MiB, Uid = 1000, IgnoresTerm = true,
        });
        scene.Available(50);
        scene.RunUntil(() => Scene.IsDead(hog), 10);
        scene.Run(scene.Now + 20);
        foreach (string rule in (string[])["soon", "now"])
        {
            JsonElement told = FirstOf(scene, rule);
            Assert.Equal(hog.Pid, told.GetProperty("victim").GetProperty("pid").GetInt32());
            Assert.Equal(1, told.GetProperty("candidate_count").GetInt32());
        }

        JsonElement last = FirstOf(scene, "now");
        Assert.Equal("killed", Text(last, "outcome"));
        Assert.Contains(Acts(last), act => Text(act, "text").StartsWith(said));
    }

    private static JsonElement FirstOf(Scene scene, string rule) => scene.Incidents.Written
        .Where(incident => Text(incident, "rule") == rule).MinBy(static one => one.GetProperty("id").GetInt64());

    [Theory]
    [InlineData("TERM", "TERM ")]
    [InlineData("KILL", "KILL ")]
    public void What_becomes_of_a_victim_of_a_daemon_that_ended_is_told_by_the_next_one(string signal, string sent)
    {
        using Scene scene = new($$"""
            rules:
              - name: low
                when: mem.available_user < 10%
                then: [ { kill: { from: "a/**", signal: {{signal}}, grace: 2s } } ]
            """);
        SimulatedProcess hog = scene.Start(new ProcessOptions
        {
            Comm = "hog", Cgroup = "/a/1", AnonBytes = 400 * MiB, Uid = 1000, IgnoresTerm = true,
        });
        scene.Available(50);
        scene.RunUntil(() => scene.Kernel.Signals.Count > 0, 5);

        using Scene next = scene.Restart();
        next.RunUntil(() => Scene.IsDead(hog), next.Now + 10);
        next.Run(next.Now + 15);
        JsonElement told = Assert.Single(
            next.Incidents.Written, incident => Text(incident, "outcome") == "killed");
        Assert.Equal(("low", 2), (Text(told, "rule"), told.GetProperty("id").GetInt32()));
        Assert.StartsWith($"died: {hog.Pid} (hog) of user 1000 in /a/1, ", Text(told, "summary"));
        JsonElement[] acts = Acts(told);
        Assert.StartsWith("took over from a process that had sent " + sent, Text(acts[0], "text"));
        Assert.Equal(hog.Pid, acts[0].GetProperty("pid").GetInt32());
        Assert.Equal(hog.Pid, told.GetProperty("victim").GetProperty("pid").GetInt32());
        Assert.True(acts[^1].GetProperty("took_usec").GetInt64() > 0);
    }

    [Fact]
    public void A_victim_finds_its_place_where_other_acts_have_all_of_them()
    {
        using Scene scene = new("""
            rules:
              - name: hold
                for-each: "h/*"
                when: memory.current > 1MiB
                cooldown: 1h
                then: [ { throttle: { to: 90%, floor: 1MiB, for: 10min } } ]
              - name: low
                when: mem.available_user < 10% for 2s
                cooldown: 1h
                then: [ { log: "so it is" }, { wait: 1s }, { kill: { from: "a/**", signal: KILL } } ]
            """);
        for (int i = 0; i < 12; i++)
            scene.Start($"held{i}", $"/h/{i}", 10);
        SimulatedProcess hog = scene.Start("hog", "/a/1", 300);
        scene.Available(50);
        scene.RunUntil(() => Scene.IsDead(hog), 10);
        scene.Run(scene.Now + 20);
        Assert.Contains(scene.Incidents.Written, incident => Text(incident, "outcome") == "killed");
        Assert.Contains(scene.Incidents.Written, incident => Text(incident, "outcome") == "acted");
    }

    [Fact]
    public void What_happens_later_is_kept_too_before_it_is_complete()
    {
        using Scene scene = new(LowWithCooldown);
        SimulatedProcess hog = scene.Start("hog", "/a/1", 400);
        scene.Available(50);
        scene.RunUntil(() => scene.Of(DaemonEventKind.Killed).Any(), 8);
        Assert.Empty(scene.Incidents.Written);
        Assert.Equal("killed", Text(scene.Incidents.SoFar[^1], "outcome"));
        scene.Run(scene.Now + 15);
        JsonElement whole = scene.Incidents.Written[0];
        Assert.Equal(1, whole.GetProperty("id").GetInt64());
        Assert.False(whole.TryGetProperty("cut_off", out _));
    }

    [Fact]
    public void Copies_that_wait_for_the_disk_hold_nobody_up_and_come_later()
    {
        using Scene scene = new(LowWithCooldown);
        scene.Incidents.Writes = false;
        scene.Start("hog", "/a/1", 400);
        scene.Available(50);
        scene.RunUntil(() => scene.Of(DaemonEventKind.Killed).Any(), 8);
        scene.Run(60);
        Assert.True(scene.Incidents.Waiting > 0);
        Assert.Empty(scene.Incidents.SoFar);
    }

    private static string HeadOf(JsonElement incident)
    {
        IncidentHead head = new();
        Assert.True(head.TryRead(System.Text.Encoding.UTF8.GetBytes(incident.GetRawText())));
        return head.Summary.ToString();
    }

    [Fact]
    public void The_cooldown_that_its_own_act_began_does_not_hold_a_firing_back()
    {
        using Scene scene = new(LowWithCooldown.Replace("cooldown:", "until: mem.available_user > 90%\n    cooldown:"));
        SimulatedProcess hog = scene.Start("hog", "/a/1", 400);
        scene.Start("other", "/a/2", 300);
        scene.Available(50);
        scene.RunUntil(() => Scene.IsDead(hog), 5);
        scene.Run(18);
        JsonElement incident = Assert.Single(scene.Incidents.Written);
        Assert.DoesNotContain(Acts(incident), act => Text(act, "text")!.Contains("cooldown"));
    }

    [Fact]
    public void A_cooldown_that_holds_a_firing_back_is_told_with_who_began_it_and_until_when()
    {
        using Scene scene = new(LowWithCooldown);
        SimulatedProcess hog = scene.Start("hog", "/a/1", 400);
        scene.Start("other", "/a/2", 300);
        scene.Available(50);
        scene.RunUntil(() => Scene.IsDead(hog), 5);
        double killed = scene.Now;
        scene.Available(500);
        scene.Run(killed + 3);
        scene.Available(50);
        scene.Run(killed + 18);
        JsonElement held = scene.Incidents.Written.Single(one => Text(one, "outcome") == "held-back");
        Assert.Matches(
            @"^its cooldown is not over: it acted [34]\.[0-9] s ago, and its cooldown of 20\.0 s goes on for 1[67]\.",
            Text(Acts(held).Single(act => Text(act, "kind") == "held-back"), "text"));
    }

    [Fact]
    public void A_cooldown_that_somebody_began_by_hand_is_told_as_that()
    {
        using Scene scene = new(LowWithCooldown);
        SimulatedProcess hog = scene.Start("hog", "/a/1", 400);
        scene.Start("other", "/a/2", 300);
        scene.Run(1);
        scene.Ask(Core.Commands.CommandKind.KillByRule, "low");
        scene.RunUntil(() => Scene.IsDead(hog), 5);
        scene.Run(scene.Now + 1);
        scene.Available(50);
        scene.Run(scene.Now + 14);
        JsonElement held = scene.Incidents.Written.Single(one => Text(one, "outcome") == "held-back");
        Assert.Contains("not over: somebody had it kill ", Text(held, "summary"));
    }

    [Fact]
    public void A_kill_is_recorded_with_its_reason_its_victim_and_what_came_of_it()
    {
        using Scene scene = new("""
            rules:
              - name: low
                when: mem.available_user < 30% and swap.free < 10%
                cooldown: 1min
                then: [ { kill: { from: "a/**", signal: KILL } } ]
            """);
        SimulatedProcess hog = scene.Start("hog", "/a/1", 400);
        scene.At(5, () => scene.Start("more", "/b/1", 350));
        scene.RunUntil(() => Scene.IsDead(hog), 10);
        Assert.Empty(scene.Incidents.Written);
        scene.Run(25);

        JsonElement incident = Assert.Single(scene.Incidents.Written);
        Assert.Equal(1, incident.GetProperty("format").GetInt32());
        Assert.Equal(1, incident.GetProperty("id").GetInt64());
        Assert.Equal("low", Text(incident, "rule"));
        Assert.Equal("killed", Text(incident, "outcome"));
        Assert.Equal("1.2.3", Text(incident, "daemon"));
        Assert.Equal("p.yaml:2", Text(incident, "source"));
        Assert.Contains("(hog)", Text(incident, "summary"));

        JsonElement level = incident.GetProperty("condition").GetProperty("comparisons")[0];
        Assert.Equal("mem.available_user", Text(level, "metric"));
        Assert.Equal("<", Text(level, "comparison"));
        Assert.Equal(300_000, level.GetProperty("threshold").GetInt64());
        Assert.InRange(level.GetProperty("value").GetInt64(), 100_000, 299_999);

        JsonElement[] acts = Acts(incident);
        JsonElement signal = acts.Single(act => Text(act, "kind") == "signalled");
        Assert.Equal(hog.Pid, signal.GetProperty("pid").GetInt32());
        Assert.Equal("hog", Text(signal, "comm"));
        Assert.Equal("/a/1", Text(signal, "cgroup"));
        JsonElement death = acts.Single(act => Text(act, "kind") == "died");
        Assert.InRange(death.GetProperty("freed_bytes").GetInt64(), 350 * MiB, 450 * MiB);
        Assert.InRange(death.GetProperty("expected_bytes").GetInt64(), 390 * MiB, 410 * MiB);
        Assert.Contains(acts, act => Text(act, "text").Contains("cooldown") == false);

        // Before: what led to it, up to the moment. After: ten seconds from the death on.
        long[] times = Samples(incident, "after_usec");
        Assert.True(times[0] <= -4_000_000, $"{times[0]}");
        Assert.Contains(0, times);
        Assert.True(times[^1] >= 9_000_000, $"{times[^1]}");
        Assert.Equal(times.Order(), times);
        long[] available = Samples(incident, "available_bytes");
        Assert.True(available[^1] > available[Array.IndexOf(times, 0)] + 300 * MiB);
        long[] watched = Samples(incident, "first_value");
        Assert.Equal(level.GetProperty("value").GetInt64(), watched[Array.IndexOf(times, 0)]);
    }

    [Fact]
    public void Each_victim_of_a_rule_that_goes_on_has_an_incident_of_its_own()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 3s, then: [ { kill: { from: "a/**", signal: KILL } } ] }
            """);
        scene.Start("one", "/a/1", 60);
        scene.Start("two", "/a/2", 50);
        scene.Run(30);
        string[] summaries = [.. scene.Incidents.Written.Select(incident => Text(incident, "summary"))];
        Assert.Contains("(one)", summaries[0]);
        Assert.Contains("(two)", summaries[1]);
        Assert.Equal("killed", Text(scene.Incidents.Written[1], "outcome"));

        // The rule was active since the first one.
        Assert.InRange(scene.Incidents.Written[1].GetProperty("active_before_usec").GetInt64(), 3_000_000, 4_000_000);
    }

    [Fact]
    public void A_rule_that_finds_nobody_leaves_the_reason_once_for_as_long_as_it_holds()
    {
        using Scene scene = new("""
            protect: [ { comm: "^hog$" } ]
            rules:
              - { name: a, when: mem.available > 1MiB, then: [ { kill: { from: "a/**" } } ] }
            """);
        scene.Start("hog", "/a/1", 60);
        scene.Run(60);
        JsonElement incident = Assert.Single(scene.Incidents.Written);
        Assert.Equal("held-back", Text(incident, "outcome"));
        Assert.StartsWith("not acted: nobody qualifies", Text(incident, "summary"));
        Assert.Contains("(hog) 60.", Text(incident, "summary"));
        Assert.Contains("protected", Text(incident, "summary"));
    }

    [Fact]
    public void The_brake_and_a_dry_run_are_reasons_too()
    {
        const string Rules = """
            limits: { kills-per-minute: 1 }
            rules:
              - { name: a, when: mem.available > 1MiB, DRY then: [ { kill: { from: "a/**", signal: KILL } } ] }
            """;
        using Scene braked = new(Rules.Replace("DRY", ""));
        braked.Start("one", "/a/1", 60);
        braked.Start("two", "/a/2", 50);
        braked.Run(40);
        Assert.Contains(
            braked.Incidents.Written.SelectMany(Acts),
            act => Text(act, "kind") == "held-back" && Text(act, "text").Contains("kills-per-minute"));

        using Scene dry = new(Rules.Replace("DRY", "dry-run: true,"));
        dry.Start("one", "/a/1", 60);
        dry.Run(60);
        JsonElement incident = Assert.Single(dry.Incidents.Written);
        Assert.Equal("dry-run", Text(incident, "outcome"));
        Assert.Contains("would send KILL", Text(incident, "summary"));
        Assert.True(Acts(incident).Single().GetProperty("dry_run").GetBoolean());
    }

    [Fact]
    public void A_rule_that_fires_again_within_its_cooldown_says_that()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available < 300MiB, cooldown: 1h, then: [ { kill: { from: "a/**", signal: KILL } } ] }
            """);
        scene.Start("one", "/a/1", 60);
        scene.Available(200);
        scene.At(3, () => scene.Available(900));
        scene.At(30, () => scene.Available(200));
        scene.Run(60);
        Assert.Equal(2, scene.Incidents.Written.Count);
        JsonElement second = scene.Incidents.Written[1];
        Assert.Equal("held-back", Text(second, "outcome"));
        Assert.Contains("cooldown", Text(second, "summary"));
    }

    [Fact]
    public void A_rule_that_only_tells_is_recorded_with_the_level_and_its_end()
    {
        using Scene scene = new("""
            rules:
              - { name: warn, when: mem.available < 300MiB, then: [ { notify: medium }, { log: "look" } ] }
            """);
        scene.Available(200);
        scene.At(3, () => scene.Available(900));
        scene.Run(20);
        JsonElement incident = Assert.Single(scene.Incidents.Written);
        Assert.Equal("noted", Text(incident, "outcome"));
        Assert.Contains("mem.available 200.0 MiB", Text(incident, "summary"));
        Assert.InRange(incident.GetProperty("over_after_usec").GetInt64(), 2_000_000, 4_000_000);
        Assert.Contains(Acts(incident), act => Text(act, "text") == "raised the level to medium");
        Assert.Contains(Acts(incident), act => Text(act, "text") == "look");
    }

    [Fact]
    public void Among_whom_was_chosen_is_recorded_with_why_each_was_passed_over()
    {
        using Scene scene = new("""
            protect: [ { comm: "^shielded$" } ]
            rules:
              - name: low
                when: mem.available > 1MiB
                cooldown: 1h
                then: [ { kill: { from: "a/**", signal: KILL, rank: [swap, size] } } ]
            """);
        for (int i = 0; i < 12; i++)
            scene.Start("shielded", $"/a/{i}", 30 + i);
        SimulatedProcess taken = scene.Start("taken", "/a/" + new string('x', 200), 20);
        scene.Start("behind", "/a/behind", 10);
        scene.RunUntil(() => Scene.IsDead(taken), 5);
        scene.Run(30);
        JsonElement incident = Assert.Single(scene.Incidents.Written);
        Assert.Equal(14, incident.GetProperty("candidate_count").GetInt32());
        Assert.Equal(["swap", "size"], incident.GetProperty("ranked_by").EnumerateArray().Select(key => key.GetString()));
        JsonElement[] rows = [.. incident.GetProperty("candidates").EnumerateArray()];
        Assert.Equal(8, rows.Length);
        Assert.All(rows[..7], row => Assert.Equal(("shielded", "protected"), (Text(row, "comm"), Text(row, "verdict"))));
        Assert.Equal("/a/11", Text(rows[0], "cgroup"));
        Assert.InRange(rows[0].GetProperty("size_bytes").GetInt64(), 41 * MiB, 42 * MiB);
        Assert.Equal(
            [0, rows[0].GetProperty("size_bytes").GetInt64()],
            rows[0].GetProperty("rank").EnumerateArray().Select(value => value.GetInt64()));
        Assert.Equal((taken.Pid, ""), (rows[7].GetProperty("pid").GetInt32(), Text(rows[7], "verdict")));
        Assert.True(rows[7].GetProperty("taken").GetBoolean());
        Assert.EndsWith("xxx", Text(rows[7], "cgroup"));
        Assert.True(Text(rows[7], "cgroup").Length <= 97);
    }

    [Fact]
    public void A_choice_that_found_nobody_is_recorded_too_and_does_not_hide_one_that_did()
    {
        using Scene scene = new("""
            protect: [ { comm: "^shielded$" } ]
            rules:
              - { name: low, when: mem.available > 1MiB, cooldown: 1s, then: [ { kill: { from: "a/**", signal: KILL } } ] }
            """);
        scene.Start("shielded", "/a/1", 60);
        SimulatedProcess taken = scene.Start("taken", "/a/2", 50);
        scene.RunUntil(() => Scene.IsDead(taken), 5);
        scene.Run(40);
        Assert.Equal(
            ["shielded,taken"],
            scene.Incidents.Written.Select(incident => string.Join(
                ',', incident.GetProperty("candidates").EnumerateArray().Select(row => Text(row, "comm")))));

        using Scene nobody = new("""
            protect: [ { comm: "^shielded$" } ]
            rules:
              - { name: low, when: mem.available > 1MiB, cooldown: 1s, then: [ { kill: { from: "a/**", signal: KILL } } ] }
            """);
        nobody.Start("shielded", "/a/1", 60);
        nobody.Run(30);
        JsonElement row = Assert.Single(Assert.Single(nobody.Incidents.Written).GetProperty("candidates").EnumerateArray());
        Assert.Equal(("shielded", "protected"), (Text(row, "comm"), Text(row, "verdict")));
    }

    [Fact]
    public void Each_match_has_its_own_and_says_which_cgroup_it_is()
    {
        using Scene scene = new("""
            rules:
              - { name: a, for-each: "a/*", when: memory.current > 10MiB, then: [ { log: "big" } ] }
            """);
        scene.Start("one", "/a/1", 60);
        scene.Start("two", "/a/2", 50);
        scene.Run(20);
        Assert.Equal(
            ["/a/1", "/a/2"],
            scene.Incidents.Written.Select(incident => Text(incident, "cgroup")).Order());
    }

    [Fact]
    public void What_happens_while_a_victim_takes_its_time_belongs_to_its_incident()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 1h, then: [ { kill: { from: "a/**", signal: TERM, grace: 30s } } ] }
            """);
        SimulatedProcess stubborn = scene.Start(new ProcessOptions
        {
            Comm = "stubborn", Cgroup = "/a/1", AnonBytes = 50 * MiB, IgnoresTerm = true,
        });
        scene.RunUntil(() => Scene.IsDead(stubborn), 40);
        scene.Run(scene.Now + 12);
        JsonElement incident = scene.Incidents.Written[0];
        Assert.Equal("killed", Text(incident, "outcome"));
        string[] texts = [.. Acts(incident).Select(act => Text(act, "text"))];
        Assert.StartsWith("TERM to", texts[0]);
        Assert.StartsWith("KILL to", texts[1]);
        Assert.Equal("acted", Text(Acts(incident).ElementAt(1), "kind"));
        Assert.StartsWith("died:", texts[^1]);
        long[] times = Samples(incident, "after_usec");
        Assert.True(times[^1] > 30_000_000, $"{times[^1]}");
    }

    [Fact]
    public void A_victim_that_survives_KILL_is_recorded_as_signalled()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 1h, then: [ { kill: { from: "a/**", signal: KILL } } ] }
            """, kernel: new SimulatedKernelOptions { Faults = new ScriptedFaults().Stick(210, 60_000_000) });
        scene.Start("a", "/a/1", 50, pid: 210);
        scene.Run(40);
        JsonElement incident = scene.Incidents.Written[0];
        Assert.Equal("signalled", Text(incident, "outcome"));
        Assert.Contains(Acts(incident), act => Text(act, "text").StartsWith("gave up on"));
    }

    [Fact]
    public void Names_that_are_not_text_do_not_break_the_record()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 1h, then: [ { kill: { from: "a/**", signal: KILL } } ] }
            """);
        scene.Start("\"\n\\\u001b[31m", "/a/x\"y\t", 50);
        scene.Run(20);
        JsonElement incident = scene.Incidents.Written[0];
        Assert.Equal("\"\n\\\u001b[31m", Text(Acts(incident)[0], "comm"));
        Assert.DoesNotContain('\u001b', Text(incident, "summary"));
        Assert.Equal("/a/x\"y\t", Text(Acts(incident)[0], "cgroup"));
    }

    [Fact]
    public void When_the_disk_hangs_incidents_are_counted_and_said_and_nothing_else_suffers()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 1s, then: [ { kill: { from: "a/**", signal: KILL } } ] }
            """);
        for (int i = 0; i < 12; i++)
            scene.Start($"p{i}", $"/a/{i}", 30);
        scene.Incidents.Writes = false;
        scene.Run(60);
        Assert.Equal(8, scene.Incidents.Waiting);
        Assert.Contains(scene.Events, said => said.Text.Contains("have no record"));
        Assert.True(scene.Kernel.Signals.Count > 8, scene.Text);
    }

    [Fact]
    public void Open_incidents_survive_a_reload_and_are_complete_when_the_daemon_leaves()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 1h, then: [ { kill: { from: "a/**", signal: KILL } } ] }
            """);
        scene.Start("a", "/a/1", 50);
        scene.Run(3);
        scene.Loop.ReplacePolicy(Scene.Compile("rules: [ { name: b, when: mem.available < 1MiB, then: [ { log: never } ] } ]"));
        scene.Run(4);
        Assert.Empty(scene.Incidents.Written);
        scene.Loop.Leave();
        Assert.Equal("killed", Text(Assert.Single(scene.Incidents.Written), "outcome"));
    }

    [Fact]
    public void Events_name_the_incident_that_they_belong_to()
    {
        using Scene scene = new("""
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 1h, then: [ { kill: { from: "a/**", signal: KILL } } ] }
            """);
        scene.Start("a", "/a/1", 50);
        scene.Run(3);
        Assert.All(scene.Events.Where(said => said.Rule == "a"), said => Assert.Equal(1, said.Incident));
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static JsonElement[] Acts(JsonElement incident) => [.. incident.GetProperty("acts").EnumerateArray()];

    private static long[] Samples(JsonElement incident, string column)
    {
        JsonElement samples = incident.GetProperty("samples");
        List<string?> columns = [.. samples.GetProperty("columns").EnumerateArray().Select(name => name.GetString())];
        int index = columns.IndexOf(column);
        return [.. samples.GetProperty("rows").EnumerateArray().Select(row =>
            row[index].ValueKind == JsonValueKind.Null ? long.MinValue : row[index].GetInt64())];
    }

    private static void Look(Scene scene, long id)
    {
        Assert.True(scene.OpenIncidents.TryAsk(id));
        scene.RunUntil(() => scene.OpenIncidents.IsAnswered, scene.Now + 5);
    }

    private static JsonElement Json(Incident incident)
    {
        var reader = new Utf8JsonReader(new IncidentJson("1.2.3").Write(incident, 0));
        return JsonElement.ParseValue(ref reader);
    }
}
