using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace PressureD.Validation;

/// <summary>The report as Markdown.</summary>
internal static class ReportText
{
    internal static string Render(
        string opening, IReadOnlyList<WorkloadResult> workloads, IReadOnlyList<PublishedTarget> published)
    {
        StringBuilder text = new(opening);
        Summary(text, workloads, published);
        text.Append("## Figures, by workload\n\nReal: the median of the runs (least to most). "
            + "In: within the range of the real runs widened by 25 %.\n\n");
        foreach (WorkloadResult result in workloads)
        {
            Figures(text, result);
        }

        text.Append("## Decisions, by workload\n\n"
            + "The first signal of each policy: whose process, when since the culprit's start, by which rule. "
            + "Alike: pairs of a real run and the model that agree.\n\n");
        foreach (WorkloadResult result in workloads)
        {
            Decisions(text, result);
        }

        Published(text, published);
        return text.ToString();
    }

    private static void Summary(
        StringBuilder text, IReadOnlyList<WorkloadResult> workloads, IReadOnlyList<PublishedTarget> published)
    {
        text.Append("| workload | runs | compared, s | figures in | kernel's victim | decisions alike "
            + "| real runs alike among themselves |\n|---|---|---|---|---|---|---|\n");
        foreach (WorkloadResult result in workloads)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {result.Workload.Name} | {result.Real.Count} "
                + $"| {result.WindowUsec / 1e6:F0} | {FiguresIn([result])} "
                + $"| {(result.IsKernelVictimAlike ? "same" : "**differs**")}: {Victims(result)} "
                + $"| {DecisionsAlike([result])} | {RealAlike([result])} |\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"| **all** | | | **{FiguresIn(workloads)}** | "
            + $"| **{DecisionsAlike(workloads)}** | {RealAlike(workloads)} |\n\n");
        string[] policies = [.. workloads[0].Decisions.Select(static decision => decision.Policy)];
        text.Append("| policy | decisions alike |\n|---|---|\n");
        foreach (string policy in policies)
        {
            DecisionResult[] made = [.. workloads.Select(result =>
                result.Decisions.First(decision => decision.Policy == policy))];
            text.Append(CultureInfo.InvariantCulture, $"| {policy} | "
                + $"{Share(made.Sum(static one => one.Agreeing), made.Sum(static one => one.Real.Count))} |\n");
        }

        (int Agreeing, int Pairs)[] told = [.. workloads.SelectMany(static result => result.Decisions)
            .Select(static decision => decision.WithVictim)];
        text.Append(CultureInfo.InvariantCulture,
            $"\nOf the pairs in which somebody is signalled on either side, "
            + $"{Share(told.Sum(static one => one.Agreeing), told.Sum(static one => one.Pairs))} are alike; "
            + $"in the others nobody is on both.\n");
        DecisionResult[] all = [.. workloads.SelectMany(static result => result.Decisions)];
        DecisionResult[] settled = [.. all.Where(static one => one.AmongReal is var (agreeing, pairs) && agreeing == pairs)];
        text.Append(CultureInfo.InvariantCulture,
            $"\nWhere the real runs of a workload all decide alike among themselves ({settled.Length} of {all.Length} "
            + $"policies on workloads), the model decides like them in "
            + $"{Share(settled.Sum(static one => one.Agreeing), settled.Sum(static one => one.Real.Count))}.\n");
        text.Append(CultureInfo.InvariantCulture,
            $"\nOf the figures measured elsewhere (last section), "
            + $"{Share(published.Count(static target => target.IsWithin), published.Count)} are in.\n\n");
    }

    private static void Figures(StringBuilder text, WorkloadResult result)
    {
        text.Append(CultureInfo.InvariantCulture,
            $"### {result.Workload.Name}\n\n{result.Workload.Model.Title}. Kernel's victim: {Victims(result)}.\n\n"
            + $"| figure | real | simulated | in |\n|---|---|---|---|\n");
        foreach (FigureResult figure in result.Figures.Where(static figure => !figure.IsIdle))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {figure.Figure.Name} | {figure.RealText()} "
                + $"| {figure.SimulatedText()} | {(figure.IsWithin ? "yes" : "**no**")} |\n");
        }

        string[] idle = [.. result.Figures.Where(static figure => figure.IsIdle)
            .Select(static figure => figure.Figure.Name)];
        text.Append('\n');
        if (idle.Length > 0)
        {
            text.Append($"Nothing on either side, and not counted: {string.Join("; ", idle)}.\n\n");
        }
    }

    private static void Decisions(StringBuilder text, WorkloadResult result)
    {
        text.Append(CultureInfo.InvariantCulture,
            $"### {result.Workload.Name}\n\n| policy | on the recordings | in the model | alike |\n"
            + $"|---|---|---|---|\n");
        foreach (DecisionResult decision in result.Decisions)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {decision.Policy} | {decision.RealText()} "
                + $"| {decision.SimulatedText()} | {decision.Agreeing} of {decision.Real.Count} |\n");
        }

        text.Append('\n');
    }

    private static void Published(StringBuilder text, IReadOnlyList<PublishedTarget> published)
    {
        text.Append("## Figures measured elsewhere\n\n"
            + "A guest of 464 MiB (Linux 6.12) in an earlier bed, mostly single runs; the model on a processor ten times "
            + "slower than a native one, as that guest's. In: within the measured range widened by 25 %, "
            + "the split of a protection (the kernel's selftest of it) by the selftest's own tolerances. The arithmetic of "
            + "averages, which is exact, is a unit test.\n\n"
            + "| target | real | simulated | in |\n|---|---|---|---|\n");
        foreach (PublishedTarget target in published)
        {
            string real = target.Real.Least.Equals(target.Real.Most)
                ? Number(target.Real.Least) : $"{Number(target.Real.Least)} to {Number(target.Real.Most)}";
            text.Append(CultureInfo.InvariantCulture, $"| {target.What} | {real} | {Number(target.Simulated)} "
                + $"| {(target.IsWithin ? "yes" : "**no**")} |\n");
        }
    }

    private static string Victims(WorkloadResult result)
    {
        string real = string.Join(" or ", result.Real.Select(Victim).Distinct(StringComparer.Ordinal));
        return result.IsKernelVictimAlike ? real : $"{real}; in the model {Victim(result.Simulated)}";
    }

    private static string Victim(Observation run) =>
        run.KernelVictim is { } cgroup ? Workload.Label(cgroup) : run.KernelKillUsec is null ? "nobody" : "not seen";

    private static string FiguresIn(IReadOnlyList<WorkloadResult> workloads)
    {
        FigureResult[] counted = [.. workloads.SelectMany(static result => result.Figures)
            .Where(static figure => !figure.IsIdle)];
        return Share(counted.Count(static figure => figure.IsWithin), counted.Length);
    }

    private static string DecisionsAlike(IReadOnlyList<WorkloadResult> workloads)
    {
        DecisionResult[] made = [.. workloads.SelectMany(static result => result.Decisions)];
        return Share(made.Sum(static one => one.Agreeing), made.Sum(static one => one.Real.Count));
    }

    private static string RealAlike(IReadOnlyList<WorkloadResult> workloads)
    {
        (int Agreeing, int Pairs)[] among = [.. workloads.SelectMany(static result => result.Decisions)
            .Select(static decision => decision.AmongReal)];
        return Share(among.Sum(static one => one.Agreeing), among.Sum(static one => one.Pairs));
    }

    private static string Share(int part, int whole) => whole == 0
        ? "-" : string.Create(CultureInfo.InvariantCulture, $"{part} of {whole} ({100.0 * part / whole:F0} %)");

    private static string Number(double value) => Math.Round(value, 1).ToString("0.#", CultureInfo.InvariantCulture);
}
