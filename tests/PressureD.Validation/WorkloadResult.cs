using System;
using System.Collections.Generic;
using System.Linq;
using PressureD.Core.Policy;

namespace PressureD.Validation;

/// <summary>A workload on both sides.</summary>
internal sealed class WorkloadResult
{
    private WorkloadResult(
        Workload workload,
        long windowUsec,
        IReadOnlyList<Observation> real,
        Observation simulated,
        IReadOnlyList<FigureResult> figures,
        IReadOnlyList<DecisionResult> decisions)
    {
        Workload = workload;
        WindowUsec = windowUsec;
        Real = real;
        Simulated = simulated;
        Figures = figures;
        Decisions = decisions;
    }

    internal Workload Workload { get; }

    /// <summary>How long all real runs went on before one of them stood still, or ended.</summary>
    internal long WindowUsec { get; }

    internal IReadOnlyList<Observation> Real { get; }

    internal Observation Simulated { get; }

    internal IReadOnlyList<FigureResult> Figures { get; }

    internal IReadOnlyList<DecisionResult> Decisions { get; }

    /// <summary>
    /// Whether the kernel took the same, or nobody, in all real runs and in the model. Whom it took at the very end of a
    /// recording is not seen in it.
    /// </summary>
    internal bool IsKernelVictimAlike => Real.All(run => run.KernelVictim == Simulated.KernelVictim
        || (run.KernelKillUsec is not null && run.KernelVictim is null));

    internal static WorkloadResult Of(Workload workload, IReadOnlyList<(string Name, PolicySet Policy)> policies)
    {
        Observation simulated = Observer.Observe(workload, workload.Model);
        List<Observation> real = [.. workload.Recordings.Select(recording =>
            Observer.Observe(workload, recording.Recording.ToScenario(workload.Name, null, "none")))];
        long[] runsUsec = [.. real.Select((run, index) => Math.Min(
            simulated.SeenUsec, workload.Recordings[index].RunsUntilUsec(run.StartUsec) - run.StartUsec))];
        long windowUsec = runsUsec.Min();
        long wholeUsec = real.Append(simulated).Min(static run => run.SeenUsec);
        Figure[] wanted = [.. Figure.Common, .. Own(workload)];
        List<FigureResult> figures = [];
        foreach (Figure figure in wanted)
        {
            long withinUsec = figure.IsOfWholeRun ? wholeUsec : windowUsec;
            FigureResult result = new(
                figure, [.. real.Select(run => figure.Of(run, withinUsec))], figure.Of(simulated, withinUsec));
            if (result.IsSaid)
            {
                figures.Add(result);
            }
        }

        List<DecisionResult> decisions = [];
        foreach ((string name, PolicySet policy) in policies)
        {
            Decision modelled = Decision.Of(workload.Model, policy, simulated.StartUsec);
            decisions.Add(new DecisionResult(
                name,
                [.. workload.Recordings.Select((recording, index) => Decision
                    .Of(recording.Recording.ToScenario(workload.Name, policy, name), policy, real[index].StartUsec)
                    .Within(runsUsec[index]))],
                [.. runsUsec.Select(modelled.Within)]));
        }

        return new WorkloadResult(workload, windowUsec, real, simulated, figures, decisions);
    }

    /// <summary>What a limit or a protection does, by the cgroups that have one and the culprit.</summary>
    private static IEnumerable<Figure> Own(Workload workload)
    {
        bool isLimited = workload.Model.Cgroups.Any(cgroup => "/" + cgroup.Path.TrimStart('/') == workload.Culprit);
        if (isLimited)
        {
            return [Figure.Held(workload.Culprit), Figure.Stalled(workload.Culprit)];
        }

        // Those that are alike but for their protection.
        string[] alike = [.. workload.Cgroups.Where(static path => path.Count(static letter => letter == '/') == 2
            && !path.StartsWith("/system.slice/", StringComparison.Ordinal)
            && !path.StartsWith("/recorder.slice/", StringComparison.Ordinal))];
        return alike.Length == 0 ? [] : [.. alike.Append(workload.Culprit).Select(Figure.Held)];
    }
}
