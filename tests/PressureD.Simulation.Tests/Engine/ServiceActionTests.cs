using System.Linq;
using System.Text.Json;
using PressureD.Core.Commands;
using PressureD.Core.Kernel;
using PressureD.Core.Services;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Services;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>Actions that the service manager carries out: units, programs, programs before a kill.</summary>
public sealed class ServiceActionTests
{
    private const long MiB = Scene.MiB;

    private const string RestartPolicy = """
        rules:
          - name: restart
            when: mem.available < 300MiB
            cooldown: 1min
            then: [ { unit: { restart: leak.service } } ]
        """;

    private const string PrekillPolicy = """
        rules:
          - name: kill
            when: mem.available > 1MiB
            cooldown: 1h
            then:
              - kill: { from: "a/**", signal: KILL, prekill: { run: [ /bin/hook, --fast ], timeout: 2s } }
        """;

    [Fact]
    public void A_unit_is_restarted_instead_of_killed_and_the_record_says_so()
    {
        using Scene scene = new(RestartPolicy);
        SimulatedProcess leak = scene.Start("leak", "/system.slice/leak.service", 700);
        scene.Services.Add(new SimulatedUnit("leak.service", "/system.slice/leak.service")
        {
            OnStart = () => scene.Start("leak", "/system.slice/leak.service", 10),
        });
        scene.Run(30);
        Assert.True(Scene.IsDead(leak));
        SimulatedServiceCall call = Assert.Single(scene.Services.Calls);
        Assert.Equal((ServiceJobKind.Restart, "leak.service"), (call.Kind, call.Unit));
        Assert.Empty(scene.Kernel.Signals);
        Assert.Contains(scene.Events, said => said.Text.Contains("restart of leak.service: done after 2"));

        JsonElement incident = Assert.Single(scene.Incidents.Written);
        Assert.Equal("acted", incident.GetProperty("outcome").GetString());
        Assert.StartsWith("restart of leak.service: done", incident.GetProperty("summary").GetString());
    }

    [Fact]
    public void A_unit_that_does_not_exist_is_said_and_the_chain_goes_on()
    {
        using Scene scene = new("""
            rules:
              - name: restart
                when: mem.available > 1MiB
                cooldown: 1min
                then: [ { unit: { stop: gone.service } }, { log: "went on" } ]
            """);
        scene.Run(20);
        Assert.Contains(scene.Events, said => said.Text.Contains("stop of gone.service: there is no such unit"));
        Assert.Contains(scene.Events, said => said.Text.Contains("went on"));
    }

    [Fact]
    public void A_job_that_fails_and_one_that_hangs_are_said_and_waited_for_no_longer_than_allowed()
    {
        const string Rules = """
            rules:
              - name: restart
                when: mem.available > 1MiB
                cooldown: 1h
                then: [ { unit: { restart: a.service, timeout: 5s } }, { log: "went on" } ]
            """;
        using Scene failing = new(Rules);
        failing.Services.Add(new SimulatedUnit("a.service", "/a.service") { Result = ServiceJobResult.Failed });
        failing.Run(20);
        Assert.Contains(failing.Events, said => said.Text.Contains("restart of a.service: failed after"));
        Assert.Contains(failing.Events, said => said.Text.Contains("went on"));

        using Scene hanging = new(Rules);
        hanging.Services.Hangs = true;
        hanging.Run(30);
        Said given = hanging.Events.Single(said => said.Text.Contains("not waited for any more"));
        Said asked = hanging.Events.Single(said => said.Text.Contains("asks for restart"));
        Assert.InRange(given.Usec - asked.Usec, 5_000_000, 5_200_000);
        Assert.Contains(hanging.Events, said => said.Text.Contains("went on") && said.Usec >= given.Usec);
    }

    [Fact]
    public void A_refusal_makes_the_daemon_degraded_by_name()
    {
        using Scene scene = new(RestartPolicy);
        scene.Start("leak", "/system.slice/leak.service", 700);
        scene.Services.Refuses = true;
        scene.Run(5);
        Assert.Contains(scene.Events, said => said.Text.Contains("restart of leak.service: refused"));
        Assert.Contains(scene.Snapshot.DegradedReasons, reason => reason.Contains("polkit"));
    }

    [Fact]
    public void A_unit_that_holds_a_protected_process_or_this_daemon_is_left_alone()
    {
        using Scene scene = new("""
            protect: [ { comm: "^precious$", cgroup: "system.slice/**" } ]
            rules:
              - { name: a, when: mem.available > 1MiB, cooldown: 1h, then: [ { unit: { stop: a.service } } ] }
            """);
        scene.Start("precious", "/system.slice/a.service", 10);
        scene.Services.Add(new SimulatedUnit("a.service", "/system.slice/a.service"));
        scene.Run(20);
        Assert.Empty(scene.Services.Calls);
        Assert.Contains(scene.Events, said => said.Text.Contains("no unit, it is protected: protected"));
        Assert.Equal("held-back", scene.Incidents.Written[0].GetProperty("outcome").GetString());
    }

    [Fact]
    public void A_program_gets_its_reason_in_a_clean_environment()
    {
        using Scene scene = new("""
            rules:
              - name: tell
                when: mem.available < 300MiB
                cooldown: 1h
                then: [ { run: { command: [ /usr/bin/tell, "a b" ], timeout: 3s, user: nobody } }, { log: "went on" } ]
            """);
        scene.Available(200);
        scene.Services.SetProgram("/usr/bin/tell", 1_000_000);
        scene.Run(15);
        SimulatedServiceCall call = Assert.Single(scene.Services.Calls);
        Assert.Equal(["/usr/bin/tell", "a b"], call.Command);
        Assert.Equal("nobody", call.User);
        Assert.StartsWith("pressured-run-", call.Unit);
        Assert.All(call.Environment, variable => Assert.StartsWith("PRESSURED_", variable));
        Assert.Contains("PRESSURED_RULE=tell", call.Environment);
        Assert.Contains("PRESSURED_INCIDENT=1", call.Environment);
        Assert.Contains("PRESSURED_MEMORY_AVAILABLE_BYTES=209715200", call.Environment);
        Assert.Contains("PRESSURED_REASON=mem.available 200.0 MiB", call.Environment);
        Said after = scene.Events.Single(said => said.Text.Contains("went on"));
        Assert.True(after.Usec >= call.Usec + 1_000_000);
    }

    [Fact]
    public void A_dry_run_asks_nobody()
    {
        using Scene scene = new(RestartPolicy.Replace("cooldown", "dry-run: true\n    cooldown"));
        scene.Start("leak", "/system.slice/leak.service", 700);
        scene.Run(20);
        Assert.Empty(scene.Services.Calls);
        Assert.Contains(scene.Events, said => said.DryRun && said.Text.Contains("would ask for restart of leak.service"));
        Assert.Equal("dry-run", Assert.Single(scene.Incidents.Written).GetProperty("outcome").GetString());
    }

    [Fact]
    public void Record_keeps_the_moment_once_while_the_rule_holds()
    {
        using Scene scene = new("""
            rules:
              - { name: look, when: mem.available < 300MiB, then: [ { record: "swap storm" } ] }
            """);
        scene.Available(200);
        scene.Run(60);
        JsonElement incident = Assert.Single(scene.Incidents.Written);
        Assert.Equal("recorded", incident.GetProperty("outcome").GetString());
        Assert.StartsWith("recorded: swap storm", incident.GetProperty("summary").GetString());
        Assert.True(incident.GetProperty("samples").GetProperty("rows").GetArrayLength() > 5);
    }

    [Fact]
    public void A_program_before_a_kill_knows_the_victim_and_the_kill_waits_for_its_end()
    {
        using Scene scene = new(PrekillPolicy);
        SimulatedProcess hog = scene.Start("hog", "/a/1", 60);
        scene.Services.SetProgram("/bin/hook", 700_000);
        scene.Run(20);
        SimulatedServiceCall call = Assert.Single(scene.Services.Calls);
        Assert.Equal(["/bin/hook", "--fast"], call.Command);
        Assert.Contains($"PRESSURED_VICTIM_PID={hog.Pid}", call.Environment);
        Assert.Contains("PRESSURED_VICTIM_COMM=hog", call.Environment);
        Assert.Contains("PRESSURED_VICTIM_CGROUP=/a/1", call.Environment);
        SentSignal sent = Assert.Single(scene.Kernel.Signals);
        Assert.InRange(sent.Usec - call.Usec, 700_000, 800_000);
        Assert.Equal(hog.Pid, sent.Pid);
        string[] acts = [.. scene.Incidents.Written[0].GetProperty("acts").EnumerateArray()
            .Select(act => act.GetProperty("text").GetString()!)];
        Assert.Contains(acts, text => text.StartsWith("prekill /bin/hook: done after 7"));
    }

    [Theory]
    [InlineData(500_000, "exit code 3", "prekill /bin/hook: failed after 5", "(exit code 3)")]
    [InlineData(60_000_000, "", "prekill /bin/hook: ended by its time limit after 2.0 s", "")]
    public void How_a_program_before_a_kill_ended_is_in_the_incident(long usec, string detail, string said, string why)
    {
        using Scene scene = new(PrekillPolicy);
        SimulatedProcess hog = scene.Start("hog", "/a/1", 60);
        scene.Services.SetProgram("/bin/hook", usec, ServiceJobResult.Failed, detail);
        scene.Run(25);
        Assert.True(Scene.IsDead(hog));
        string[] acts = [.. scene.Incidents.Written[0].GetProperty("acts").EnumerateArray()
            .Select(act => act.GetProperty("text").GetString()!)];
        Assert.Contains(acts, text => text.StartsWith(said) && text.EndsWith(why));
        Assert.Contains(acts, text => text.StartsWith("died: "));
    }

    [Fact]
    public void A_program_that_hangs_delays_the_kill_by_its_time_and_no_more()
    {
        using Scene scene = new(PrekillPolicy);
        scene.Start("hog", "/a/1", 60);
        scene.Services.SetProgram("/bin/hook", 60_000_000);
        scene.Run(20);
        SentSignal sent = Assert.Single(scene.Kernel.Signals);
        Assert.InRange(sent.Usec - scene.Services.Calls[0].Usec, 2_000_000, 2_100_000);
        Assert.Contains(scene.Events, said => said.Text.Contains("prekill /bin/hook: ended by its time limit"));
    }

    [Fact]
    public void A_service_manager_that_does_not_answer_at_all_delays_it_no_longer_either()
    {
        using Scene scene = new(PrekillPolicy);
        scene.Start("hog", "/a/1", 60);
        scene.Services.Hangs = true;
        scene.Run(20);
        SentSignal sent = Assert.Single(scene.Kernel.Signals);
        Assert.InRange(sent.Usec - scene.Services.Calls[0].Usec, 2_000_000, 2_100_000);
        Assert.Contains(scene.Events, said => said.Text.Contains("prekill /bin/hook: not waited for any more"));
    }

    [Fact]
    public void A_refused_program_does_not_keep_the_kill_back()
    {
        using Scene scene = new(PrekillPolicy);
        scene.Start("hog", "/a/1", 60);
        scene.Services.Refuses = true;
        scene.Run(20);
        SentSignal sent = Assert.Single(scene.Kernel.Signals);
        Assert.InRange(sent.Usec - scene.Services.Calls[0].Usec, 0, 110_000);
    }

    [Fact]
    public void A_victim_that_became_another_during_the_program_is_not_killed()
    {
        using Scene scene = new(PrekillPolicy);
        SimulatedProcess hog = scene.Start("hog", "/a/1", 60, pid: 300);
        SimulatedProcess other = scene.Start("other", "/a/2", 30);
        scene.Services.SetProgram("/bin/hook", 1_000_000);
        scene.RunUntil(() => scene.Services.Calls.Count == 1, 5);
        scene.Machine.Exit(hog);
        scene.RunUntil(() => hog.State == ProcessState.Reaped, 5);
        SimulatedProcess innocent = scene.Start("innocent", "/b/1", 90, pid: 300);
        scene.Run(scene.Now + 10);
        Assert.False(Scene.IsDead(innocent));
        Assert.True(Scene.IsDead(other), scene.Text);
        Assert.Equal([other.Pid], scene.Kernel.Signals.Select(signal => signal.Pid));

        // The chain's time for programs is shared: the second victim's had what was left of it.
        Assert.Equal(2, scene.Services.Calls.Count);
        Assert.InRange(scene.Kernel.Signals[0].Usec - scene.Services.Calls[0].Usec, 1_000_000, 2_150_000);
    }

    [Fact]
    public void Pressure_that_goes_during_the_program_spares_the_victim()
    {
        using Scene scene = new(PrekillPolicy.Replace("mem.available > 1MiB", "mem.available < 300MiB"));
        SimulatedProcess hog = scene.Start("hog", "/a/1", 60);
        scene.Available(200);
        scene.Services.SetProgram("/bin/hook", 1_500_000);
        scene.RunUntil(() => scene.Services.Calls.Count == 1, 5);
        scene.Available(900);
        scene.Run(scene.Now + 10);
        Assert.False(Scene.IsDead(hog));
        Assert.Empty(scene.Kernel.Signals);
    }

    [Theory]
    [InlineData("")]
    [InlineData("kill")]
    public void A_dry_run_that_begins_during_the_program_spares_the_victim(string rule)
    {
        using Scene scene = new(PrekillPolicy);
        SimulatedProcess hog = scene.Start("hog", "/a/1", 60);
        scene.Services.SetProgram("/bin/hook", 1_500_000);
        scene.RunUntil(() => scene.Services.Calls.Count == 1, 5);
        Assert.Equal(CommandOutcome.Done, scene.Ask(CommandKind.SetDryRun, rule, flag: true).Outcome);
        scene.Run(scene.Now + 10);
        Assert.False(Scene.IsDead(hog));
        Assert.Empty(scene.Kernel.Signals);
        Assert.Contains(
            scene.Events, said => said.Text.Contains($"kill: dry run, would send KILL to {hog.Pid} (hog)"));
    }

    [Fact]
    public void A_pause_during_the_program_ends_it_and_whoever_is_chosen_after_that_has_one_of_its_own()
    {
        using Scene scene = new(PrekillPolicy);
        SimulatedProcess hog = scene.Start("hog", "/a/1", 60);
        scene.Services.SetProgram("/bin/hook", 1_000_000);
        scene.RunUntil(() => scene.Services.Calls.Count == 1, 5);
        scene.Ask(CommandKind.Pause, "", number: 3_600_000_000);
        SimulatedProcess larger = scene.Start("larger", "/a/2", 90);
        scene.Run(scene.Now + 10);
        Assert.Empty(scene.Kernel.Signals);
        scene.Ask(CommandKind.Resume, "");
        scene.Run(scene.Now + 5);
        Assert.Equal([larger.Pid], scene.Kernel.Signals.Select(sent => sent.Pid));
        Assert.False(Scene.IsDead(hog));
        Assert.Equal(2, scene.Services.Calls.Count);
        Assert.Contains($"PRESSURED_VICTIM_PID={larger.Pid}", scene.Services.Calls[1].Environment);
        Assert.InRange(scene.Kernel.Signals[0].Usec - scene.Services.Calls[1].Usec, 1_000_000, 1_200_000);
    }

    [Fact]
    public void A_brake_that_engages_during_the_program_spares_the_victim()
    {
        using Scene scene = new("limits: { kills-per-minute: 1 }\n" + PrekillPolicy + """

              - name: other
                when: mem.available > 1MiB for 1s
                cooldown: 1h
                then: [ { kill: { from: "b/**", signal: KILL } } ]
            """);
        SimulatedProcess hog = scene.Start("hog", "/a/1", 60);
        SimulatedProcess other = scene.Start("other", "/b/1", 60);
        scene.Services.SetProgram("/bin/hook", 1_800_000);
        scene.Run(20);
        Assert.True(Scene.IsDead(other), scene.Text);
        Assert.False(Scene.IsDead(hog));
        Assert.Contains(
            scene.Events, said => said.Text.StartsWith("kill: no kill, brake: the policy's kills-per-minute, 1, are"));
    }

    [Fact]
    public void A_kill_waits_for_its_program_over_a_reload_too()
    {
        using Scene scene = new(PrekillPolicy);
        SimulatedProcess hog = scene.Start("hog", "/a/1", 60);
        scene.Services.SetProgram("/bin/hook", 1_500_000);
        scene.RunUntil(() => scene.Services.Calls.Count == 1, 5);
        scene.Loop.ReplacePolicy(Scene.Compile(PrekillPolicy));
        scene.Run(scene.Now + 20);
        SimulatedServiceCall call = Assert.Single(scene.Services.Calls);
        SentSignal sent = Assert.Single(scene.Kernel.Signals);
        Assert.Equal(hog.Pid, sent.Pid);
        Assert.InRange(sent.Usec - call.Usec, 1_500_000, 1_650_000);
        JsonElement incident = Assert.Single(
            scene.Incidents.Written, static one => one.GetProperty("outcome").GetString() == "killed");
        Assert.Contains(incident.GetProperty("acts").EnumerateArray(), static act =>
            act.GetProperty("text").GetString()!.StartsWith("prekill /bin/hook: done after 1.5"));
    }

    [Fact]
    public void A_reload_that_changes_the_kill_begins_it_anew_with_its_own_program()
    {
        using Scene scene = new(PrekillPolicy);
        SimulatedProcess hog = scene.Start("hog", "/a/1", 60);
        scene.Services.SetProgram("/bin/hook", 1_500_000);
        scene.Services.SetProgram("/bin/other", 300_000);
        scene.RunUntil(() => scene.Services.Calls.Count == 1, 5);
        scene.Loop.ReplacePolicy(Scene.Compile(PrekillPolicy.Replace("/bin/hook", "/bin/other")));
        scene.Run(scene.Now + 10);
        Assert.Equal(["/bin/hook", "/bin/other"], scene.Services.Calls.Select(call => call.Command[0]));
        SentSignal sent = Assert.Single(scene.Kernel.Signals);
        Assert.Equal(hog.Pid, sent.Pid);
        Assert.InRange(sent.Usec - scene.Services.Calls[1].Usec, 300_000, 400_000);
    }

    [Fact]
    public void What_was_asked_of_the_service_manager_is_not_asked_again_after_a_reload()
    {
        string policy = RestartPolicy.Replace(
            "unit: { restart: leak.service }", "run: { command: [ /bin/tell ], timeout: 10s } }, { log: gone on");
        using Scene scene = new(policy);
        scene.Available(200);
        scene.Services.SetProgram("/bin/tell", 4_000_000);
        scene.RunUntil(() => scene.Services.Calls.Count == 1, 5);
        scene.Run(scene.Now + 1);
        scene.Loop.ReplacePolicy(Scene.Compile(policy));
        scene.Run(scene.Now + 10);
        Assert.Single(scene.Services.Calls);
        Assert.Single(scene.Events, said => said.Text.Contains("run of /bin/tell: done after 4"));
        Assert.Contains(scene.Events, said => said.Text.Contains("gone on"));
    }

    [Theory]
    [InlineData('x', 640)]
    [InlineData('\u001b', 160)]
    public void A_program_is_told_all_however_long_and_hostile_the_names_are(char of, int most)
    {
        using Scene scene = new(PrekillPolicy.Replace("when: mem", "for-each: \"**/end\"\n    when: host.mem"));
        string name = new(of, 250);
        scene.Start("hog", $"/a/{name}/{name}/{name}/end", 60);
        scene.RunUntil(() => scene.Services.Calls.Count == 1, 5);
        string[] told = [.. scene.Services.Calls[0].Environment];
        Assert.Contains(told, static variable => variable.StartsWith("PRESSURED_REASON=mem.available "));
        Assert.Contains(told, static variable => variable.StartsWith("PRESSURED_VICTIM_BYTES="));
        string path = Assert.Single(told, static variable => variable.StartsWith("PRESSURED_CGROUP=/..."));
        Assert.EndsWith("/end", path);
        Assert.InRange(path.Length, most, "PRESSURED_CGROUP=/...".Length + 640);
        Assert.Contains(told, static variable => variable.StartsWith("PRESSURED_VICTIM_CGROUP=/"));
    }

    [Fact]
    public void A_program_before_a_kill_that_nobody_can_run_is_said_and_the_kill_goes_ahead()
    {
        using Scene scene = new(PrekillPolicy) { HasServices = false };
        SimulatedProcess hog = scene.Start("hog", "/a/1", 60);
        scene.Run(20);
        Assert.True(Scene.IsDead(hog));
        AssertNotRun(scene, "kill: prekill /bin/hook not run: there is no service manager to ask");
    }

    [Fact]
    public void A_program_before_a_kill_that_finds_no_place_is_said()
    {
        string others = string.Concat(Enumerable.Range(0, 4).Select(i =>
            $"  - {{ name: o{i}, when: mem.available > 1MiB, cooldown: 1h, then: [ {{ run: {{ command: [ /bin/slow ], timeout: 1min }} }} ] }}\n"));
        using Scene scene = new($"rules:\n{others}  - name: kill\n    when: mem.available > 1MiB for 2s\n    cooldown: 1h\n    then: [ {{ kill: {{ from: \"a/**\", signal: KILL, prekill: {{ run: [ /bin/hook ] }} }} }} ]\n");
        scene.Services.SetProgram("/bin/slow", 50_000_000);
        scene.Start("hog", "/a/1", 60);
        scene.Run(30);
        Assert.Equal(4, scene.Services.Calls.Count);
        AssertNotRun(scene, "kill: prekill /bin/hook not run: too many requests to the service manager are under way");
    }

    [Fact]
    public void Another_kills_program_that_outlasts_the_time_is_said()
    {
        using Scene scene = new("""
            rules:
              - name: first
                when: mem.available > 1MiB
                cooldown: 1h
                then: [ { kill: { from: "a/**", signal: KILL, prekill: { run: [ /bin/slow ], timeout: 10s } } } ]
              - name: second
                when: mem.available > 1MiB
                cooldown: 1h
                then: [ { kill: { from: "b/**", signal: KILL, prekill: { run: [ /bin/hook ], timeout: 1s } } } ]
            """);
        scene.Services.SetProgram("/bin/slow", 9_000_000);
        scene.Start("hog", "/a/1", 60);
        scene.Start("other", "/b/1", 60);
        scene.Run(30);
        AssertNotRun(
            scene, "second: prekill /bin/hook not run: another kill's program outlasted the time that this one had");
        Assert.Contains(scene.Events, said => said.Text.Contains("first: prekill /bin/slow: done"));
    }

    [Fact]
    public void A_program_after_a_kill_of_its_chain_is_told_the_victim()
    {
        using Scene scene = new("""
            rules:
              - name: r
                when: mem.available > 1MiB
                cooldown: 1h
                then:
                  - run: { command: [ /bin/before ] }
                  - kill: { from: "a/**", signal: KILL }
                  - wait: 20s
                  - run: { command: [ /bin/after ] }
            """);
        SimulatedProcess hog = scene.Start("hog", "/a/1", 60);
        scene.Run(60);
        Assert.Equal(["/bin/before", "/bin/after"], scene.Services.Calls.Select(call => call.Command[0]));
        Assert.DoesNotContain(scene.Services.Calls[0].Environment, variable => variable.StartsWith("PRESSURED_VICTIM"));
        Assert.Contains($"PRESSURED_VICTIM_PID={hog.Pid}", scene.Services.Calls[1].Environment);
        Assert.Contains("PRESSURED_VICTIM_COMM=hog", scene.Services.Calls[1].Environment);
        Assert.Contains("PRESSURED_VICTIM_CGROUP=/a/1", scene.Services.Calls[1].Environment);
    }

    private static void AssertNotRun(Scene scene, string line)
    {
        Assert.Single(scene.Events, said => said.Text == line);
        string act = line[(line.IndexOf(": ") + 2)..];
        Assert.Contains(
            scene.Incidents.Written,
            incident => incident.GetProperty("acts").EnumerateArray()
                .Any(found => found.GetProperty("text").GetString() == act));
    }
}
