using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PressureD.Cli.Commands;
using PressureD.Cli.Incidents;
using PressureD.Cli.Scenarios;
using PressureD.Core.Policy;
using PressureD.Simulation.Recordings;
using PressureD.Simulation.Scenarios;

namespace PressureD.Cli.Recordings;

/// <summary>A replay for people. Times of day are this machine's local ones.</summary>
internal static class ReplayText
{
    private static readonly string[] Heads =
    [
        "policy", "first act", "first victim", "held", "by the rule", "victims", "lost together", "least available",
    ];

    /// <summary>What the recording is of.</summary>
    internal static string Head(string path, RecordingSummary recorded, RecordingReader reader)
    {
        string machine = NameText.Of($"{path}: {recorded.Host}, Linux {recorded.Release}");
        string text = $"{machine}, from {Day(recorded.WallStartUsec)}, "
            + $"{FigureText.Duration(recorded.DurationUsec)} in {QuantityText.Count(recorded.Samples, "sample")} "
            + $"of up to {QuantityText.Count(recorded.MostProcesses, "process", "processes")} "
            + $"and {QuantityText.Count(recorded.MostCgroups, "cgroup")}\n";
        if (reader.HasDropped)
        {
            text += "its beginning has given way to what came later\n";
        }

        if (!reader.HasEnd)
        {
            text += "it was cut off: what came last may be missing\n";
        }

        if (recorded.LongestGapUsec > 10 * recorded.DurationUsec / Math.Max(1, recorded.Samples - 1)
            && recorded.LongestGapUsec > 1_000_000)
        {
            text += $"the longest time between two samples is {FigureText.Duration(recorded.LongestGapUsec)}\n";
        }

        if (recorded.IsGuarded)
        {
            text += "pressured itself ran there: what it did is recorded, and this policy stands in its place\n";
        }

        if (recorded.KernelKills > 0)
        {
            text += "the kernel's OOM killer ended "
                + $"{QuantityText.Count(recorded.KernelKills, "process", "processes")} there\n";
        }

        return text;
    }

    /// <summary>Something that happened, with its time of day.</summary>
    internal static string Line(ScenarioEvent happened, RecordingSummary recorded) =>
        $"{Clock(recorded.WallStartUsec + happened.Usec)} {happened}";

    /// <summary>What each policy did.</summary>
    internal static string Table(
        IReadOnlyList<(string Policy, ScenarioOutcome Outcome)> outcomes, RecordingSummary recorded)
    {
        List<string[]> lines = [Heads];
        foreach ((string policy, ScenarioOutcome outcome) in outcomes)
        {
            ScenarioVictim? first = outcome.Victims.Count > 0 ? outcome.Victims[0] : null;
            lines.Add(
            [
                policy,
                outcome.FirstActUsec is { } usec ? Clock(recorded.WallStartUsec + usec) : "-",
                first is null ? "-" : $"{first.Name} ({first.Process.Pid})",
                first is null ? "-" : QuantityText.Bytes(first.HeldBytes),
                first?.Rule ?? "-",
                outcome.Victims.Count.ToString(CultureInfo.InvariantCulture),
                QuantityText.Bytes(outcome.LostBytes),
                QuantityText.Bytes(outcome.LeastAvailableBytes),
            ]);
        }

        bool hasActed = outcomes.Any(static run => run.Outcome.FirstActUsec is not null);
        return TextTable.Render(lines) + (hasActed
            ? "What comes after a policy's first act is an estimate: the recorded machine did not have that act.\n"
            : "");
    }

    private static string Day(long wallUsec) =>
        Local(wallUsec).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Clock(long wallUsec) =>
        Local(wallUsec).ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    private static DateTime Local(long wallUsec) =>
        DateTime.UnixEpoch.AddTicks(wallUsec * TimeSpan.TicksPerMicrosecond).ToLocalTime();
}
