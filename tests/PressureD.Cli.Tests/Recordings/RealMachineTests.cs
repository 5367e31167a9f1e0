using System;
using System.IO;
using System.Linq;
using PressureD.Cli.Recordings;
using PressureD.Cli.Scenarios;
using PressureD.Core.Policy;
using PressureD.Simulation.Recordings;
using PressureD.Simulation.Scenarios;

namespace PressureD.Cli.Tests.Recordings;

/// <summary>Recordings of a real machine on which nobody acted, decided again; see docs/validation.md.</summary>
public sealed class RealMachineTests
{
    private const string Leak = "/system.slice/leak.service";

    [Theory]
    [InlineData("shipped", "out-of-memory-soon")]
    [InlineData("like-earlyoom", "earlyoom-term")]
    [InlineData("like-nohang-desktop", "nohang-soft")]
    public void A_leak_is_ended_as_in_the_model_and_before_the_kernels_killer(string policy, string rule)
    {
        ScenarioOutcome real = Replay("leak-1", policy);
        ScenarioVictim taken = real.Victims[0];
        Assert.Equal((Leak, rule), (taken.Cgroup, taken.Rule));
        int told = real.Events.TakeWhile(static said => !said.Text.StartsWith("the kernel's OOM killer")).Count();
        Assert.True(told == real.Events.Count || real.Events[told].Usec > taken.SignalUsec);

        Scenario model = Scenario("leak");
        ScenarioVictim modelled = new ScenarioRun(model, Policy(policy)).Run().Victims[0];
        Assert.Equal((Leak, rule), (modelled.Cgroup, modelled.Rule));
    }

    [Theory]
    [InlineData("shipped")]
    [InlineData("like-systemd-oomd")]
    public void A_cgroup_at_its_own_limit_is_left_to_the_kernel(string policy)
    {
        ScenarioOutcome real = Replay("limit-leak-1", policy);
        Assert.Empty(real.Victims);
        Assert.Contains(real.Events, static said => said.Text.StartsWith("the kernel's OOM killer ended a process"));
        Assert.Empty(new ScenarioRun(Scenario("limit-leak"), Policy(policy)).Run().Victims);
    }

    private static ScenarioOutcome Replay(string name, string policy)
    {
        RecordingReader reader = new(Repository.PathOf("docs", "validation", name + ".rec"));
        Recording recording = new(reader.Frames);
        Assert.True(reader.HasEnd);
        return new ScenarioRun(recording.ToScenario(name, Policy(policy), policy), Policy(policy)).Run();
    }

    private static Scenario Scenario(string name) =>
        ScenarioFile.Read(Repository.PathOf("docs", "validation", name + ".yaml")).Scenario!;

    private static PolicySet Policy(string name)
    {
        Assert.True(NamedPolicy.TryRead(name, TextWriter.Null, out PolicySet? policy));
        return policy!;
    }
}
