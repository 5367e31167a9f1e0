using System;
using System.Collections.Generic;
using System.Linq;
using PressureD.Core.Policy;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Scenarios;

namespace PressureD.Cli.Scenarios;

/// <summary>Several policies on the same scenario and seeds, side by side.</summary>
internal static class PolicyComparison
{
    private static readonly string[] Heads =
    [
        "policy", "first kill", "kills", "wrong", "kernel", "longest stall", "total stall", "lost", "as expected",
    ];

    /// <summary>A table; stalls, losses and times are medians over the runs, kills their sums.</summary>
    internal static string Render(IReadOnlyList<(string Policy, IReadOnlyList<ScenarioReport> Runs)> compared)
    {
        List<string[]> lines = [Heads];
        foreach ((string policy, IReadOnlyList<ScenarioReport> runs) in compared)
        {
            List<ScenarioReport> acted = runs.Where(static run => run.Outcome.Victims.Count > 0).ToList();
            lines.Add(
            [
                policy,
                acted.Count == 0 ? "-" : Seconds(Median(acted, static run => run.Outcome.Victims[0].SignalUsec)),
                $"{runs.Sum(static run => run.Outcome.Victims.Count)}",
                $"{runs.Sum(Wrong)}",
                $"{runs.Sum(static run => run.Outcome.KernelKills.Count)}",
                $"{Median(runs, static run => run.Outcome.LongestStallUsec) / 1000} ms",
                $"{Median(runs, static run => run.Outcome.TotalStallUsec) / 1000} ms",
                QuantityText.Bytes(Median(runs, static run => run.Outcome.LostBytes)),
                $"{runs.Count(static run => run.Failures.Count == 0)} of {runs.Count}",
            ]);
        }

        return TextTable.Render(lines);
    }

    /// <summary>
    /// Those who died and were not to: everybody whom the scenario does not name as a victim. Where it names none and
    /// takes any, those whom it says must never die.
    /// </summary>
    private static int Wrong(ScenarioReport run)
    {
        Expectations expect = run.Scenario.Expect;
        IEnumerable<SimulatedProcess> dead = run.Outcome.Victims.Select(static victim => victim.Process)
            .Concat(run.Outcome.Stage.Processes.Where(static process => process.KilledByKernel));
        return dead.Distinct().Count(process =>
        {
            string name = run.Outcome.Stage.NameOf(process);
            return expect.Victims is { } victims
                ? !victims.Any(victim => victim.Process == name || IsIn(process.Cgroup.Path, victim.Cgroup))
                : expect.Never.Contains(name);
        });
    }

    private static bool IsIn(string path, string cgroup) =>
        cgroup.Length > 0 && (path == cgroup || path.StartsWith(cgroup + "/", StringComparison.Ordinal));

    private static long Median(IReadOnlyList<ScenarioReport> runs, Func<ScenarioReport, long> value) =>
        runs.Select(value).Order().ElementAt(runs.Count / 2);

    private static string Seconds(long usec) => FormattableString.Invariant($"{usec / 1e6:F2} s");
}
