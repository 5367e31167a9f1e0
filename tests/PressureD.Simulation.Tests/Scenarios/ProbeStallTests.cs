using System.IO;
using System.Linq;
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
    [InlineData("leak-without-swap", 20_000, 40_000, 1_000)]
    [InlineData("spike-without-swap", 20_000, 20_000, 1_000)]
    [InlineData("swap-thrash", 300_000, 60_000_000, 45_000_000)]
    public void The_probe_waits_far_longer_for_the_kernel_alone_than_for_the_shipped_policy(
        string name, long leastLongestAloneUsec, long leastAloneUsec, long mostWithPolicyUsec)
    {
        Scenario scenario = Read("trouble", name);
        ScenarioOutcome alone = Run(new ScenarioRun(scenario, null));
        Assert.InRange(alone.LongestStallUsec!.Value, leastLongestAloneUsec, long.MaxValue);
        Assert.InRange(alone.TotalStallUsec!.Value, leastAloneUsec, long.MaxValue);
        ScenarioOutcome guarded = Run(new ScenarioRun(scenario, scenario.Policy));
        Assert.InRange(guarded.TotalStallUsec!.Value, 0, mostWithPolicyUsec);
    }

    [Theory]
    [InlineData("random-reader")]
    [InlineData("huge-file-copy")]
    public void Caches_that_can_be_dropped_make_nobody_wait(string name)
    {
        Scenario scenario = Read("quiet", name);
        Assert.InRange(Run(new ScenarioRun(scenario, scenario.Policy)).TotalStallUsec!.Value, 0, 1_000);
    }

    [Fact]
    public void Without_a_probe_no_longest_stall_is_known_and_all_wait_together()
    {
        ScenarioOutcome outcome = new ScenarioRun(Files.Read("""
            title: t
            duration: 20s
            policy: none
            machine: { ram: 512MiB, swap: 4GiB }
            processes:
              - { name: a, cgroup: a, hot-set: { size: 900MiB } }
              - { name: b, cgroup: b, hot-set: { size: 300MiB } }
            """), null).Run();
        Assert.Null(outcome.LongestStallUsec);
        Assert.Equal(outcome.Stage.Processes.Sum(static one => one.MemoryStallNsec) / 1000, outcome.TotalStallUsec);
        Assert.InRange(outcome.TotalStallUsec!.Value, 5_000_000, 40_000_000);
    }

    [Fact]
    public void While_the_swap_disk_is_behind_a_little_page_cache_stays()
    {
        // Real runs have 19 to 35 MiB of it while the hot set grows into swap.
        string path = Path.Combine(Files.Folder, "..", "..", "docs", "validation", "swap-thrash.yaml");
        Scenario scenario = Files.Read(File.ReadAllText(path));
        ScenarioOutcome outcome = Run(new ScenarioRun(scenario, null));
        Assert.All(
            outcome.Rows.Where(static row => row.SwapUsedBytes is > 100 << 20 and < 500 << 20),
            row => Assert.InRange(row.CacheBytes, 12 << 20, 35 << 20));
    }

    private static Scenario Read(string folder, string name) =>
        Files.Read(File.ReadAllText(Path.Combine(Files.Folder, folder, name + ".yaml")));

    private static ScenarioOutcome Run(ScenarioRun run)
    {
        ScenarioOutcome outcome = run.Run();
        Assert.Contains(outcome.Stage.Processes, process => process.Workload is ProbeWorkload);
        return outcome;
    }
}
