using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Scenarios;
using PressureD.Simulation.Tests.Kernel;
using Files = PressureD.Simulation.Tests.ScenarioFiles.Scenarios;

namespace PressureD.Simulation.Tests.Recordings;

/// <summary>What was recorded is decided again.</summary>
public sealed class ReplayTests
{
    private const long MostUsec = 45_000_000;

    [Theory]
    [InlineData("trouble/spike-without-swap.yaml")]
    [InlineData("trouble/siblings.yaml")]
    [InlineData("trouble/stuck-victim.yaml")]
    [InlineData("trouble/term-ignorer.yaml")]
    [InlineData("peers/hybrid-hierarchy.yaml")]
    [InlineData("peers/no-psi.yaml")]
    [InlineData("language/for-each.yaml")]
    [InlineData("language/prefer-and-avoid.yaml")]
    [InlineData("language/wait-before-kill.yaml")]
    public void Recorded_at_every_tick_the_same_policy_does_the_same_at_the_same_times(string file)
    {
        Scenario scenario = Read(file);
        RecordedRun recorded = new(scenario, SimulatedMachine.TickUsec);
        ScenarioOutcome replayed = RecordedRun.Replay(recorded.Recording(), scenario);
        Assert.NotEmpty(Said(recorded.Outcome));
        Assert.Equal(Said(recorded.Outcome), Said(replayed));
        Assert.Equal(recorded.Outcome.Victims.Select(Describe), replayed.Victims.Select(Describe));
    }

    [Theory]
    [InlineData("trouble/siblings.yaml")]
    [InlineData("trouble/zram-leak.yaml")]
    [InlineData("trouble/zswap-leak.yaml")]
    [InlineData("quiet/restart-loop.yaml")]
    public void Readers_see_byte_for_byte_what_was_recorded(string file)
    {
        Scenario scenario = Read(file) with { Policy = null, DurationUsec = 25_000_000 };
        List<string> there = [];
        List<string> here = [];
        RecordedRun recorded = new(scenario, 250_000, kernel => there.Add(MachineSight.Of(kernel)));
        Scenario replayed = recorded.Recording().ToScenario("r", null, "none");
        ScenarioRun run = new(replayed, null);
        SimulatedKernel kernel = run.Stage.Kernel;
        Look(run.Stage.Machine);
        run.Run();
        Assert.Equal(there.Count, here.Count);
        for (int sample = 0; sample < there.Count; sample++)
            Assert.Equal(there[sample], here[sample]);

        void Look(SimulatedMachine machine)
        {
            here.Add(MachineSight.Of(kernel));
            machine.At(machine.ElapsedUsec + 250_000, Look);
        }
    }

    /// <summary>What swap is worth depends on how much zswap's pool may still grow.</summary>
    [Theory]
    [InlineData("trouble/zswap-leak.yaml", "Y\n", "20\n")]
    [InlineData("trouble/leak-with-swap.yaml", null, null)]
    public void Zswaps_switch_and_limit_are_there_as_far_as_they_were_recorded(
        string file, string? enabled, string? percent)
    {
        RecordedRun recorded = new(Read(file) with { Policy = null, DurationUsec = 2_000_000 }, 500_000);
        ScenarioRun run = new(recorded.Recording().ToScenario("r", null, "none"), null);
        run.Run();
        Assert.Equal(enabled, Parameter(run.Stage.Kernel, "enabled"));
        Assert.Equal(percent, Parameter(run.Stage.Kernel, "max_pool_percent"));

        static string? Parameter(SimulatedKernel kernel, string name)
        {
            string path = "/sys/module/zswap/parameters/" + name;
            return KernelText.Open(kernel, path) < 0 ? null : KernelText.Read(kernel, path);
        }
    }

    /// <summary>Nobody acts on the machine that is recorded, twice a second.</summary>
    [Theory]
    [InlineData("trouble/leak-without-swap.yaml")]
    [InlineData("trouble/siblings.yaml")]
    [InlineData("trouble/forty-hogs.yaml")]
    public void The_policy_takes_whom_it_would_have_taken_there_within_a_second(string file)
    {
        Scenario scenario = Read(file);
        ScenarioOutcome there = new ScenarioRun(scenario, scenario.Policy).Run();
        ScenarioOutcome here = RecordedRun.Replay(new RecordedRun(Unguarded(scenario), 500_000).Recording(), scenario);
        Assert.Equal(Who(there.Victims[0]), Who(here.Victims[0]));
        Assert.Equal(there.Victims[0].Rule, here.Victims[0].Rule);
        Assert.InRange(here.Victims[0].SignalUsec - there.Victims[0].SignalUsec, -1_000_000, 1_000_000);
    }

    /// <summary>In the recording the leak goes on until the kernel ends it.</summary>
    [Fact]
    public void Who_is_killed_in_the_replay_is_gone_there_and_what_it_holds_is_free()
    {
        Scenario scenario = Read("trouble/leak-without-swap.yaml");
        RecordedRun recorded = new(Unguarded(scenario), 100_000);
        Assert.NotEmpty(recorded.Outcome.KernelKills);
        Assert.Equal(recorded.Outcome.KernelKills.Count, recorded.Recording().Summary.KernelKills);

        ScenarioOutcome replayed = RecordedRun.Replay(recorded.Recording(), scenario);
        ScenarioVictim victim = Assert.Single(replayed.Victims);
        Assert.Equal(recorded.Outcome.KernelKills[0].Comm, victim.Process.Comm);
        Assert.True(victim.HeldBytes > 100 << 20);
        Assert.Equal(victim.SignalUsec, replayed.FirstActUsec);
        ScenarioRow before = replayed.Rows.Last(row => row.Usec <= victim.SignalUsec);
        ScenarioRow after = replayed.Rows.First(row => row.Usec > victim.SignalUsec + 1_000_000);
        Assert.True(after.AvailableBytes - before.AvailableBytes > victim.HeldBytes / 2);
        Assert.Contains(replayed.Events, said => said.Source == ScenarioSource.Recording
            && said.Usec == victim.SignalUsec && said.Text.Contains("acts for the first time"));
    }

    private static Scenario Unguarded(Scenario scenario) => scenario with
    {
        Policy = null,
        Daemon = scenario.Daemon with { OwnComm = "other", OwnCgroup = "/system.slice/other.service" },
    };

    private static Scenario Read(string file)
    {
        Scenario scenario = Files.ReadFile(Path.Combine(Files.Folder, file)).Scenario!;

        // What a busy machine adds to the daemon's waking is not in a recording.
        return scenario with
        {
            Daemon = scenario.Daemon with { WakeLatencyUsec = 0 },
            DurationUsec = Math.Min(scenario.DurationUsec, MostUsec),
        };
    }

    private static string[] Said(ScenarioOutcome outcome) => outcome.Events
        .Where(happened => happened.Source == ScenarioSource.Daemon)
        .Select(happened => $"{happened.Usec} {happened.Kind} {happened.Rule} {happened.Cgroup} {happened.Text}")
        .ToArray();

    private static string Who(ScenarioVictim victim) => $"{victim.Process.Comm} {victim.Process.Pid} {victim.Cgroup}";

    private static string Describe(ScenarioVictim victim) =>
        $"{victim.Process.Comm} {victim.Process.Pid} {victim.Cgroup} {victim.SignalUsec} {victim.Signal} {victim.Rule}";
}
