using System;
using System.Collections.Generic;
using System.Linq;
using PressureD.Cli.Commands;
using PressureD.Core.Policy;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Scenarios;

namespace PressureD.Cli.Scenarios;

/// <summary>What came of a scenario by one policy, to be set beside others on the same seeds.</summary>
/// <param name="Policy">Its name.</param>
/// <param name="Reports">One for each seed. Stalls, losses and times are medians of them, kills sums.</param>
internal sealed record PolicyComparison(string Policy, IReadOnlyList<ScenarioReport> Reports)
{
    private static readonly string[] Heads =
    [
        "policy", "first kill", "kills", "wrong", "kernel", "longest stall", "total stall", "lost", "as expected",
    ];

    /// <summary>When the first was signalled, in the runs in which anybody was; null when nobody was in any.</summary>
    internal long? FirstKillUsec
    {
        get
        {
            List<ScenarioReport> acted = Reports.Where(static run => run.Outcome.Victims.Count > 0).ToList();
            return acted.Count == 0 ? null : Median(acted, static run => run.Outcome.Victims[0].SignalUsec);
        }
    }

    internal int Runs => Reports.Count;

    internal int Kills => Reports.Sum(static run => run.Outcome.Victims.Count);

    internal int WrongKills => Reports.Sum(Wrong);

    internal int KernelKills => Reports.Sum(static run => run.Outcome.KernelKills.Count);

    /// <summary>Null where no probe measures it.</summary>
    internal long? LongestStallUsec => Median(Reports, static run => run.Outcome.LongestStallUsec);

    internal long? TotalStallUsec => Median(Reports, static run => run.Outcome.TotalStallUsec);

    internal long LostBytes => Median(Reports, static run => run.Outcome.LostBytes);

    internal int AsExpected => Reports.Count(static run => run.Failures.Count == 0);

    /// <summary>A table of them.</summary>
    internal static string Render(IReadOnlyList<PolicyComparison> compared)
    {
        List<string[]> lines = [Heads];
        foreach (PolicyComparison row in compared)
        {
            lines.Add(
            [
                row.Policy,
                row.FirstKillUsec is { } usec ? FormattableString.Invariant($"{usec / 1e6:F2} s") : "-",
                $"{row.Kills}",
                $"{row.WrongKills}",
                $"{row.KernelKills}",
                Msec(row.LongestStallUsec),
                Msec(row.TotalStallUsec),
                QuantityText.Bytes(row.LostBytes),
                $"{row.AsExpected} of {row.Runs}",
            ]);
        }

        return TextTable.Render(lines);
    }

    /// <summary>One of them for programs: one JSON object in one line.</summary>
    internal string RenderJson() => JsonOutput.RenderLine(writer =>
    {
        writer.WriteString("type", "comparison");
        writer.WriteString("policy", Policy);
        writer.Write("first_kill_usec", FirstKillUsec);
        writer.WriteNumber("kills", Kills);
        writer.WriteNumber("wrong_kills", WrongKills);
        writer.WriteNumber("kernel_kills", KernelKills);
        writer.Write("longest_stall_usec", LongestStallUsec);
        writer.Write("total_stall_usec", TotalStallUsec);
        writer.WriteNumber("lost_bytes", LostBytes);
        writer.WriteNumber("as_expected", AsExpected);
        writer.WriteNumber("runs", Runs);
    });

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

    private static string Msec(long? usec) => usec is { } known ? $"{known / 1000} ms" : "-";

    private static long? Median(IReadOnlyList<ScenarioReport> runs, Func<ScenarioReport, long?> value)
    {
        List<ScenarioReport> measured = runs.Where(run => value(run) is not null).ToList();
        return measured.Count == 0 ? null : Median(measured, run => value(run)!.Value);
    }

    private static long Median(IReadOnlyList<ScenarioReport> runs, Func<ScenarioReport, long> value) =>
        runs.Select(value).Order().ElementAt(runs.Count / 2);
}
