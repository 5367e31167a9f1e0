using System.Collections.Generic;
using System.Linq;
using System.Text;
using PressureD.Cli.Commands;
using PressureD.Core.Policy;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Scenarios;

namespace PressureD.Cli.Scenarios;

/// <summary>What came of a run, in a few lines for people.</summary>
internal static class OutcomeText
{
    internal static string Render(ScenarioReport report)
    {
        ScenarioOutcome outcome = report.Outcome;
        StringBuilder text = new();
        Line("policy", report.Policy);
        Line("victims", outcome.Victims.Count == 0 ? "nobody" : string.Join(", ", outcome.Victims.Select(Describe)));
        Line("killed by the kernel", Kernel(outcome.KernelKills));
        Line("least memory available", QuantityText.Bytes(outcome.LeastAvailableBytes));
        if (outcome.LongestStallUsec is { } longest)
        {
            Line(
                "stall of the probe",
                $"{longest / 1000} ms at the longest, {outcome.TotalStallUsec / 1000} ms together");
        }

        Line("memory lost by kills", QuantityText.Bytes(outcome.LostBytes));
        if (report.Failures.Count == 0)
        {
            Line("expectations", "all met");
        }

        foreach (ScenarioFailure failure in report.Failures)
        {
            Line("not as expected", failure.Text);
        }

        return text.ToString();

        void Line(string name, string value) => text.AppendLine($"{name,-24}{NameText.Of(value)}");
    }

    private static string Describe(ScenarioVictim victim) =>
        $"{victim.Name} at {victim.SignalUsec / 1000} ms{(victim.Rule is { } rule ? $" by {rule}" : "")}";

    private static string Kernel(IReadOnlyList<OomKillRecord> kills) =>
        kills.Count == 0 ? "nobody" : string.Join(", ", kills.Select(static kill => kill.Comm));
}
