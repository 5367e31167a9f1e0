using System;
using System.Collections.Generic;
using PressureD.Core.Policy;
using PressureD.Simulation.Faults;
using PressureD.Simulation.Scenarios;
using PressureD.Yaml.Documents;
using PressureD.Yaml.Policies;

namespace PressureD.Simulation.ScenarioFiles;

/// <summary>Reads what goes wrong in a scenario.</summary>
internal static class FaultReader
{
    private static readonly string[] Kinds = ["call", "late-wake", "clock-gap", "stuck", "restart", "seed"];

    /// <summary>What says more of a fault, and of which ones.</summary>
    private static readonly (string Key, string[] Kinds)[] Details =
    [
        ("path", ["call"]), ("errno", ["call"]), ("times", ["call"]), ("from", ["call", "late-wake", "clock-gap"]),
        ("for", ["stuck"]), ("until", ["seed"]),
    ];

    public static ScenarioFaults Read(Fields top, ScenarioScope scope, DiagnosticBag diagnostics)
    {
        var calls = new List<CallFault>();
        var late = new List<(long, long)>();
        var gaps = new List<(long, long)>();
        var stuck = new List<(string, long)>();
        var restarts = new List<long>();
        ulong seed = 0;
        var until = long.MaxValue;
        foreach (var node in top.Items("faults") ?? [])
        {
            if (Fields.Open(node, ScenarioSchema.Fault, diagnostics) is not { } fields)
            {
                top.MarkFailed();
                continue;
            }

            var from = fields.Moment("from", scope.EndUsec, isBefore: true) ?? 0;
            if (Kind(fields) is { } kind)
            {
                foreach (var (key, kinds) in Details)
                    if (fields.Has(key) && !kinds.AsSpan().Contains(kind))
                        fields.Fail(fields.PositionOf(key),
                            $"'{key}' says nothing of '{kind}', expected it with {string.Join(" or ", kinds)}");
                if (Call(fields, from) is { } call) calls.Add(call);
                if (fields.Duration("late-wake") is { } lateUsec) late.Add((from, lateUsec));
                if (fields.Duration("clock-gap") is { } gapUsec) gaps.Add((from, gapUsec));
                if (Stuck(fields, scope.Names) is { } hangs) stuck.Add(hangs);
                if (fields.Moment("restart", scope.EndUsec, isBefore: true) is { } restart) restarts.Add(restart);
                if (fields.Integer("seed", 1, int.MaxValue) is { } number) seed = (ulong)number;
                if (fields.Duration("until") is { } untilUsec) until = untilUsec;
            }

            if (fields.Failed) top.MarkFailed();
        }

        restarts.Sort();
        if (seed != 0 && calls.Count + late.Count + gaps.Count > 0)
            top.Fail(top.PositionOf("faults"), "faults both from a seed and one by one, expected either");
        return new ScenarioFaults
        {
            Calls = calls, LateWakes = late, ClockGaps = gaps, Stuck = stuck, RestartsUsec = restarts, Seed = seed,
            SeedUntilUsec = until,
        };
    }

    private static string? Kind(Fields fields)
    {
        string? kind = null;
        foreach (var candidate in Kinds)
        {
            if (!fields.Has(candidate)) continue;
            if (kind is not null)
                fields.Fail(fields.PositionOf(candidate), $"both '{kind}' and '{candidate}' in a fault");
            kind ??= candidate;
        }

        if (kind is null) fields.Fail(fields.Position, $"a fault without one of {string.Join(", ", Kinds)}");
        return kind;
    }

    private static CallFault? Call(Fields fields, long fromUsec)
    {
        var errno = fields.Choice("errno");
        var times = fields.Integer("times", 1, 1_000_000) ?? 1;
        var path = fields.Text("path") ?? "";
        if (fields.Choice("call") is not { } call) return null;
        fields.Require("errno", fields.Position, "what the call answers, such as ENOENT");
        return errno is { } index
            ? new CallFault((KernelCallKind)call, path, ErrnoNames.NumberAt(index), times, fromUsec) : null;
    }

    private static (string, long)? Stuck(Fields fields, ICollection<string> names)
    {
        if (fields.Scalar("stuck", "a process's name") is not { } name) return null;
        fields.Require("for", fields.Position, "how long it hangs, such as 3s");
        if (!names.Contains(name.Value))
            fields.Fail(name.Position,
                $"there is no process {Fields.Shown(name)}{Suggestion.DidYouMean(name.Value, names)}");
        return (name.Value, fields.Duration("for") ?? 0);
    }
}
