using System.IO;
using PressureD.Simulation.Scenarios;
using PressureD.Simulation.Workloads;
using Files = PressureD.Simulation.Tests.ScenarioFiles.Scenarios;

namespace PressureD.Simulation.Tests.Scenarios;

/// <summary>
/// The stall of an innocent process is the figure by which policies are compared: it has to tell one that acts from
/// none.
/// </summary>
public sealed class ProbeStallTests
{
    [Theory]
    [InlineData("leak-without-swap", 40_000, 1_000)]
    [InlineData("spike-without-swap", 20_000, 1_000)]
    [InlineData("swap-thrash", 60_000_000, 45_000_000)]
    public void The_probe_waits_far_longer_for_the_kernel_alone_than_for_the_shipped_policy(
        string name, long leastAloneUsec, long mostWithPolicyUsec)
    {
        Scenario scenario = Read("trouble", name);
        Assert.InRange(StallUsec(new ScenarioRun(scenario, null)), leastAloneUsec, long.MaxValue);
        Assert.InRange(StallUsec(new ScenarioRun(scenario, scenario.Policy)), 0, mostWithPolicyUsec);
    }

    [Theory]
    [InlineData("random-reader")]
    [InlineData("huge-file-copy")]
    public void Caches_that_can_be_dropped_make_nobody_wait(string name)
    {
        Scenario scenario = Read("quiet", name);
        Assert.InRange(StallUsec(new ScenarioRun(scenario, scenario.Policy)), 0, 1_000);
    }

    private static Scenario Read(string folder, string name) =>
        Files.Read(File.ReadAllText(Path.Combine(Files.Folder, folder, name + ".yaml")));

    private static long StallUsec(ScenarioRun run)
    {
        ScenarioOutcome outcome = run.Run();
        Assert.Contains(outcome.Stage.Processes, process => process.Workload is ProbeWorkload);
        return outcome.TotalStallUsec;
    }
}
