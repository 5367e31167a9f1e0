using System.Collections.Generic;
using System.IO;
using System.Linq;
using PressureD.Core.Incidents;
using PressureD.Simulation.Pressure;
using PressureD.Simulation.Scenarios;
using Files = PressureD.Simulation.Tests.ScenarioFiles.Scenarios;

namespace PressureD.Simulation.Tests.Scenarios;

/// <summary>Running scenarios: determinism, and what is said when something is not as expected.</summary>
public sealed class ScenarioRunTests
{
    private const string Leak = """
        title: t
        duration: 30s
        processes:
          - { name: leak, cgroup: system.slice/leak.service, leak: { rate: 40MiB/s } }
          - { name: good, cgroup: system.slice/good.service, anon: 50MiB }
        expect:
        """;

    [Theory]
    [InlineData("trouble/swap-thrash.yaml")]
    [InlineData("trouble/zram-leak.yaml")]
    [InlineData("trouble/daemon-restarted-while-killing.yaml")]
    public void The_same_seed_gives_the_same_bytes(string file)
    {
        Scenario scenario = Files.ReadFile(Path.Combine(Files.Folder, file)).Scenario!;
        string first = ScenarioTimeline.Whole(new ScenarioRun(scenario, scenario.Policy).Run());
        string second = ScenarioTimeline.Whole(new ScenarioRun(scenario, scenario.Policy).Run());
        Assert.Equal(first, second);
        Assert.Contains("pressured", first);
    }

    [Fact]
    public void Restarts_come_at_their_times_in_whatever_order_they_are_written()
    {
        Scenario scenario = Files.Read(Leak.Replace("expect:", "faults: [ { restart: 9s }, { restart: 3s } ]\n"));
        List<long> at = [];
        ScenarioRun? run = null;
        run = new ScenarioRun(scenario, scenario.Policy)
        {
            TakeRestart = () => at.Add(run!.Stage.Machine.ElapsedUsec),
        };
        run.Run();
        Assert.Equal(2, at.Count);
        Assert.InRange(at[0], 3_000_000, 4_500_000);
        Assert.InRange(at[1], 9_000_000, 10_500_000);
    }

    [Fact]
    public void Incidents_of_a_run_are_handed_out_complete()
    {
        Scenario scenario = Files.Read(Leak.Replace("30s", "90s").Replace("expect:", "expect: { victims: any, kernel-oom: any }\n"));
        List<string> acts = [];
        var run = new ScenarioRun(scenario, scenario.Policy)
        {
            TakeIncident = incident =>
            {
                foreach (IncidentAct act in incident.Acts)
                    acts.Add($"{act.Kind} {act.Pid}");
            },
        };
        ScenarioOutcome outcome = run.Run();
        ScenarioVictim victim = Assert.Single(outcome.Victims);
        Assert.Contains($"Signalled {victim.Process.Pid}", acts);
        Assert.Contains($"Died {victim.Process.Pid}", acts);
    }

    [Fact]
    public void Faults_from_a_seed_are_the_same_again()
    {
        Scenario scenario = Files.Read(Leak.Replace("expect:", "faults: [ { seed: 7 } ]\n"));
        string first = ScenarioTimeline.Whole(new ScenarioRun(scenario, scenario.Policy).Run());
        Assert.Equal(first, ScenarioTimeline.Whole(new ScenarioRun(scenario, scenario.Policy).Run()));
    }

    [Fact]
    public void Who_is_told_to_hang_hangs_no_less_for_a_seed_and_others_hang_as_it_draws()
    {
        List<long> told = [];
        List<long> others = [];
        for (int seed = 1; seed <= 20; seed++)
        {
            Scenario scenario = Files.Read(
                Leak.Replace("expect:", $"faults: [ {{ seed: {seed} }}, {{ stuck: leak, for: 1s }} ]\n"));
            ScenarioStage stage = new ScenarioRun(scenario, null).Run().Stage;
            for (int i = 0; i < 20; i++)
            {
                told.Add(stage.Machine.StickVictim!(stage.Called("leak").First()));
                others.Add(stage.Machine.StickVictim(stage.Called("good").First()));
            }
        }

        Assert.Equal(1_000_000, told.Min());
        Assert.InRange(told.Max(), 1_000_001, 16_000_000);
        Assert.Equal(0, others.Min());
        Assert.InRange(others.Max(), 1, 16_000_000);
    }

    [Fact]
    public void A_share_of_stall_is_not_cut_to_whole_percents()
    {
        (ScenarioOutcome outcome, _) = Files.Run("""
            title: t
            duration: 100s
            script:
              - { at: 0s, cgroup: /job, stall: memory-some, share: 0.5% }
            """);
        long stallUsec = outcome.Stage.Machine.FindCgroup("/job")!.Pressure.TotalNsec(PsiState.MemorySome) / 1000;
        Assert.InRange(stallUsec, 490_000, 510_000);
    }

    [Theory]
    [InlineData("  victims: []", "victims: expected nobody, leak (pid ")]
    [InlineData("  victims: [good]", "victims: expected good, leak (pid ")]
    [InlineData("  victims: [leak, good]", "victims: expected good, nobody more was signalled")]
    [InlineData("  victims: [ { name: leak, after: 25s } ]", "was signalled too early, expected after 25 s")]
    [InlineData("  victims: [ { name: leak, before: 2s } ]", "was signalled too late, expected before 2 s")]
    [InlineData("  victims: [ { name: leak, signal: KILL } ]", "got TERM first, expected KILL")]
    [InlineData("  victims: [ { name: leak, rule: swap-thrash } ]", "by out-of-memory-soon) was taken by")]
    [InlineData("  victims: any\n  never: [leak]", "never: leak (pid ")]
    [InlineData("  victims: any\n  kernel-oom: true", "kernel-oom: expected, but the kernel killed nobody")]
    [InlineData("  victims: any\n  finished: [good]", "finished: good has not ended")]
    [InlineData("  victims: any\n  fired: [swap-thrash]", "fired: swap-thrash 0 times, expected at least once")]
    [InlineData("  victims: any\n  not-fired: [out-of-memory-soon]", "not-fired: out-of-memory-soon fired at ")]
    [InlineData("  victims: any\n  highest-level: low", "highest-level: critical, expected low")]
    [InlineData("  victims: any\n  levels: [ { at: 1s, is: low } ]", "level: normal at 1 s, expected low")]
    [InlineData("  victims: any\n  untouched: [system.slice/leak.service]", "untouched: /system.slice/leak.service")]
    [InlineData("  victims: any\n  said: [no such words]", "said: no line of the daemon has \"no such words\"")]
    [InlineData(
        "  victims: any\n  contents: [ { cgroup: system.slice/good.service, file: memory.max, is: 5MiB } ]",
        "content: /system.slice/good.service/memory.max is max at the end, expected 5242880")]
    public void What_differs_is_said(string expectation, string said)
    {
        (ScenarioOutcome outcome, IReadOnlyList<ScenarioFailure> failures) = Files.Run($"{Leak}\n{expectation}\n");
        Assert.True(
            failures.Count == 1 && failures[0].Text.Contains(said),
            string.Join('\n', failures.Select(failure => failure.Text)));
        Assert.Contains("available", ScenarioTimeline.Around(outcome, failures));
    }

    [Fact]
    public void The_timeline_shows_what_happened_around_the_difference()
    {
        (ScenarioOutcome outcome, IReadOnlyList<ScenarioFailure> failures) = Files.Run(Leak + "\n  victims: []\n");
        string around = ScenarioTimeline.Around(outcome, failures);
        Assert.Contains("out-of-memory-soon: fired", around);
        Assert.DoesNotContain("    2.000 s", around);
    }

    [Fact]
    public void The_timeline_shows_a_probes_longest_stall()
    {
        (ScenarioOutcome outcome, IReadOnlyList<ScenarioFailure> failures) = Files.Run("""
            title: t
            duration: 120s
            policy: none
            machine: { ram: 512MiB, swap: 2GiB }
            processes:
              - { name: probe, cgroup: p, probe: {} }
              - { name: spike, cgroup: a, starts: 5s, spike: { peak: 900MiB, hold: 5s } }
            expect:
              kernel-oom: any
              stall: [ { of: probe, longest: 1ms } ]
            """);
        ScenarioFailure failure = Assert.Single(failures);
        Assert.InRange(failure.AroundUsec, 5_000_000, 60_000_000);
        Assert.DoesNotContain("  120.000 s", ScenarioTimeline.Around(outcome, failures));
    }

    [Fact]
    public void The_timeline_shows_where_all_stall_became_too_much()
    {
        (_, IReadOnlyList<ScenarioFailure> failures) = Files.Run("""
            title: t
            duration: 60s
            policy: none
            machine: { ram: 512MiB, swap: 4GiB }
            processes:
              - { name: large, cgroup: a, hot-set: { size: 900MiB } }
              - { name: small, cgroup: b, hot-set: { size: 300MiB } }
            expect:
              kernel-oom: any
              stall: [ { of: small, total: 1ms } ]
            """);
        Assert.InRange(Assert.Single(failures).AroundUsec, 1, 30_000_000);
    }

    [Fact]
    public void The_timeline_shows_the_touch_of_what_was_to_be_left_alone()
    {
        (ScenarioOutcome outcome, IReadOnlyList<ScenarioFailure> failures) = Files.Run(
            Leak.Replace("30s", "200s") + "\n  victims: any\n  untouched: [system.slice/leak.service]\n");
        Assert.Equal(outcome.Victims[0].SignalUsec, Assert.Single(failures).AroundUsec);
    }

    [Fact]
    public void The_timeline_shows_the_firing_that_is_one_too_many()
    {
        (_, IReadOnlyList<ScenarioFailure> failures) = Files.Run("""
            title: t
            duration: 60s
            policy:
              rules: [ { name: low, when: mem.available < 100MiB, then: [ { log: low } ] } ]
            script:
              - { at: 5s, every: 5s, meminfo: { MemAvailable: [50MiB, 500MiB, 50MiB, 500MiB, 50MiB] } }
            expect:
              fired: [ { rule: low, at-most: 1 } ]
            """);
        Assert.InRange(Assert.Single(failures).AroundUsec, 15_000_000, 17_000_000);
    }

    [Fact]
    public void Rows_show_what_files_say_where_a_script_has_a_say()
    {
        (ScenarioOutcome outcome, _) = Files.Run("""
            title: t
            duration: 8s
            machine: { ram: 4GiB }
            policy:
              rules: [ { name: r, when: psi.memory.full.avg10 > 60%, then: [ { log: hit } ] } ]
            cgroups: [ { path: job/a } ]
            script:
              - { at: 2s, psi: memory, some: 80.5%, full: 70% }
              - { at: 2s, meminfo: { MemAvailable: 100MiB, SwapTotal: 1GiB, SwapFree: 256MiB } }
              - { at: 2s, cgroup: job/a, values: { memory.current: 600MiB } }
              - { at: 2s, cgroup: job/a, psi: memory, full: 12% }
              - { at: 5s, file: /proc/meminfo, restore: true }
            expect: { fired: [r] }
            """);
        ScenarioRow before = outcome.Rows[1];
        ScenarioRow scripted = outcome.Rows[4];
        ScenarioRow restored = outcome.Rows[7];
        Assert.Equal((100L << 20, 768L << 20), (scripted.AvailableBytes, scripted.SwapUsedBytes));
        Assert.Equal((8050, 7000, 0), (scripted.MemorySome10, scripted.MemoryFull10, scripted.IoSome10));
        Assert.Equal((before.AnonBytes, before.CacheBytes), (scripted.AnonBytes, scripted.CacheBytes));
        ScenarioCgroupRow job = Assert.Single(scripted.Cgroups, row => row.Path == "/job/a");
        Assert.Equal((600L << 20, 0, 1200), (job.CurrentBytes, job.SwapBytes, job.MemoryFull10));
        Assert.DoesNotContain(before.Cgroups, row => row.Path == "/job/a");
        Assert.Equal((before.AvailableBytes, 0), (restored.AvailableBytes, restored.SwapUsedBytes));
        Assert.Equal(100L << 20, outcome.LeastAvailableBytes);
    }

    [Fact]
    public void A_file_that_cannot_be_read_leaves_the_machines_own_figures_in_a_row()
    {
        (ScenarioOutcome outcome, _) = Files.Run("""
            title: t
            duration: 4s
            script:
              - { at: 1s, file: /proc/meminfo, errno: EIO }
              - { at: 1s, file: /proc/pressure/memory, content: nonsense }
            """);
        Assert.Equal(outcome.Rows[0].AvailableBytes, outcome.Rows[3].AvailableBytes);
        Assert.Equal(0, outcome.Rows[3].MemorySome10);
    }

    [Theory]
    [InlineData("cgroup: nosuch, file: memory.max, write: 5MiB", "there is no cgroup /nosuch to write memory.max in")]
    [InlineData("cgroup: jop, file: memory.max, write: 5MiB",
        "there is no cgroup /jop to write memory.max in; did you mean '/job'?")]
    [InlineData("cgroup: job, file: memory.zswap.max, write: 5MiB", "there is no memory.zswap.max in /job on this kernel")]
    [InlineData("remove-cgroup: b", "/b cannot be removed, there is /b/c below it")]
    [InlineData("remove-cgroup: b/c", "/b/c cannot be removed, there are processes in it")]
    [InlineData("remove-cgroup: late", "there is no cgroup /late to remove")]
    public void What_a_script_does_in_vain_makes_the_scenario_a_broken_one(string act, string said)
    {
        (ScenarioOutcome outcome, IReadOnlyList<ScenarioFailure> failures) = Files.Run($$"""
            title: t
            duration: 5s
            policy: none
            cgroups: [ { path: job } ]
            processes: [ { name: p, cgroup: b/c, anon: 1MiB } ]
            script:
              - { at: 1s, {{act}} }
              - { at: 2s, make-cgroup: late }
            """);
        ScenarioFailure failure = Assert.Single(failures);
        Assert.True(failure.IsBroken);
        Assert.StartsWith("script: at 1 s, s.yaml:7:", failure.Text);
        Assert.EndsWith(": " + said, failure.Text);
        Assert.Equal(failures, outcome.Refused);
    }

    [Fact]
    public void Without_a_policy_there_is_no_daemon_and_the_kernel_kills()
    {
        (ScenarioOutcome outcome, IReadOnlyList<ScenarioFailure> failures) =
            Files.Run(Leak.Replace("duration", "policy: none\nduration") + "\n  kernel-oom: true\n");
        Assert.Empty(failures);
        Assert.Equal(0, outcome.Steps);
        Assert.Equal("leak", outcome.KernelKills[0].Comm);
    }
}
