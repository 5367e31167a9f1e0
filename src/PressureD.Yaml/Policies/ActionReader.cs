using System;
using System.Collections.Immutable;
using PressureD.Core.Cgroups;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Policy.Expressions;
using PressureD.Yaml.Documents;
using PressureD.Yaml.Schema;

namespace PressureD.Yaml.Policies;

/// <summary>Reads the steps of a rule's chain.</summary>
internal static class ActionReader
{
    private const long MaxWaitUsec = 600_000_000;

    private const int MaxLogText = 200;

    /// <summary>As many rank keys as are compared.</summary>
    private const int MaxKeys = 3;

    /// <summary>Reads a step. Whatever is wrong in it marks the rule as failed.</summary>
    /// <returns>Null when nothing can be made of it.</returns>
    public static RuleAction? Read(YamlNode node, Fields rule, ReadContext context)
    {
        if (Fields.Open(node, PolicySchema.Action, context.Diagnostics) is not { } fields)
        {
            rule.MarkFailed();
            return null;
        }

        int steps = fields.Given.Count;
        if (steps > 1 || (steps == 0 && !fields.Failed))
        {
            string read = steps == 0 ? "nothing" : $"{steps} actions";
            fields.Fail(node.Position, $"{read} in one step, expected one: put '- ' before each");
        }

        RuleAction? action = null;
        foreach ((string name, _) in fields.Given)
            action = Read(name, fields, context);
        if (action is null || fields.Failed)
            rule.MarkFailed();
        return action;
    }

    private static RuleAction? Read(string name, Fields fields, ReadContext context) => name switch
    {
        "log" => Log(fields),
        "notify" => Notify(fields),
        "wait" => Wait(fields),
        "kill" => Kill(fields.Node(name)!, fields, context),
        "throttle" or "freeze" or "swap" or "weight" or "set" =>
            ChangeReader.Read(name, fields.Node(name)!, fields, context),
        "reclaim" => ReclaimReader.Reclaim(fields.Node(name)!, fields, context),
        "offload" => ReclaimReader.Offload(fields.Node(name)!, fields, context),
        "kernel-oom" => KernelOom(fields),
        "stop" => Stop(fields),
        "run" => ServiceReader.Run(fields.Node(name)!, fields, context),
        "unit" => ServiceReader.Unit(fields.Node(name)!, fields, context),
        "record" => Record(fields),
        _ => throw new InvalidOperationException($"no reader for the action {name}"),
    };

    private static LogAction? Log(Fields fields)
    {
        if (fields.Scalar("log", "a text") is not { } scalar)
            return null;
        string text = scalar.Value.Trim();
        if (text.Length is 0 or > MaxLogText)
            fields.Fail(scalar.Position, $"'log' has {text.Length} characters, expected 1 to {MaxLogText}");
        return new LogAction(Quoted.Escape(text));
    }

    private static RecordAction? Record(Fields fields)
    {
        if (fields.Scalar("record", "a text") is not { } scalar)
            return null;
        string text = scalar.Value.Trim();
        if (text.Length is 0 or > MaxLogText)
            fields.Fail(scalar.Position, $"'record' has {text.Length} characters, expected 1 to {MaxLogText}");
        return new RecordAction(Quoted.Escape(text));
    }

    private static NotifyAction? Notify(Fields fields) => fields.Choice("notify") switch
    {
        0 => new NotifyAction(PressureLevel.Low),
        1 => new NotifyAction(PressureLevel.Medium),
        2 => new NotifyAction(PressureLevel.Critical),
        _ => null,
    };

    private static WaitAction? Wait(Fields fields)
    {
        long? durationUsec = fields.Quantity("wait", UnitKind.Duration, MaxWaitUsec, "10 min");
        if (durationUsec == 0)
            fields.Fail(fields.PositionOf("wait"), "'wait' is 0, expected a longer time or no such step");
        return durationUsec is { } usec ? new WaitAction(usec) : null;
    }

    private static StopAction? Stop(Fields fields) => fields.Choice("stop") switch
    {
        0 => new StopAction(OnlyAfterEffect: false),
        1 => new StopAction(OnlyAfterEffect: true),
        _ => null,
    };

    private static KernelOomAction? KernelOom(Fields fields)
    {
        if (fields.Flag("kernel-oom") == false)
            fields.Fail(fields.PositionOf("kernel-oom"), "'kernel-oom' is false, expected true or no such step");
        return new KernelOomAction();
    }

    private static KillAction? Kill(YamlNode node, Fields around, ReadContext context)
    {
        if (Fields.Open(node, PolicySchema.Kill, context.Diagnostics) is not { } fields)
            return null;
        fields.Require("from", node.Position, "a cgroup pattern such as from: \"**\"");
        int? victim = fields.Choice("victim");
        int signal = fields.Choice("signal") == 1 ? Signals.Kill : Signals.Term;
        long? othersRatio = fields.Quantity("stalls-others", UnitKind.Percent, 1_000_000, "100%");
        if (othersRatio == 0)
            fields.Fail(
                fields.PositionOf("stalls-others"), "'stalls-others' is 0%, expected a share above it or no such key");
        var action = new KillAction
        {
            From = fields.PatternOrAny("from", mayBeBelowMatch: true) ?? new CgroupPattern("**"),
            Victim = (VictimKind)(victim ?? 0),
            Rank = Keys(fields, "rank") ?? [RankKey.Size],
            Culprit = Keys(fields, "culprit") ?? [],
            Prefer = MatcherReader.ReadList(fields, "prefer", context),
            Avoid = MatcherReader.ReadList(fields, "avoid", context),
            Protect = MatcherReader.ReadList(fields, "protect", context),
            Prekill = fields.Node("prekill") is { } prekill ? ServiceReader.Prekill(prekill, fields, context) : null,
            OomdXattrs = (OomdXattrs)(fields.Choice("oomd-xattrs") ?? 0),
            SmallestUseful = fields.Flag("smallest-useful") ?? false,
            AlwaysContinue = fields.Flag("always-continue") ?? false,
            KillsPerMinute = fields.Integer("kills-per-minute", 1, PolicySet.MaxKillsPerMinute) ?? 0,
            Signal = signal,
            GraceUsec = fields.Quantity("grace", UnitKind.Duration, MaxWaitUsec, "10 min")
                ?? (signal == Signals.Term ? KillAction.DefaultGraceUsec : 0),
            MinSizeBytes = fields.Quantity("min-size", UnitKind.Bytes, NumberText.MaxValue, "that") ?? 0,
            DryRun = fields.Flag("dry-run") ?? false,
            StallsOthersRatio = othersRatio ?? 0,
        };

        // What fits a victim that cannot be read is not known.
        if (victim is not null || !fields.Has("victim"))
            CheckKeys(fields, action);
        if (fields.Failed)
            around.MarkFailed();
        else
            WarnOfHaste(fields, action);
        return action;
    }

    private static ImmutableArray<RankKey>? Keys(Fields fields, string key)
    {
        if (fields.ChoiceList(key) is not { } indices)
            return null;
        if (indices.Length > MaxKeys)
            fields.Fail(fields.PositionOf(key), $"'{key}' has {indices.Length} keys, expected at most {MaxKeys}");
        var keys = ImmutableArray.CreateBuilder<RankKey>(indices.Length);
        foreach (int index in indices)
            keys.Add((RankKey)index);
        return keys.ToImmutable();
    }

    /// <summary>A key that cannot tell one candidate from another would leave the choice to chance.</summary>
    private static void CheckKeys(Fields fields, KillAction action)
    {
        bool whole = action.Victim is VictimKind.Cgroup or VictimKind.Unit;
        if (fields.Has("culprit") && action.Victim != VictimKind.Process)
            fields.Fail(
                fields.PositionOf("culprit"),
                "'culprit' says which cgroup's process dies, expected victim: process");
        if (action.SmallestUseful && !whole)
            fields.Fail(
                fields.PositionOf("smallest-useful"),
                "'smallest-useful' is for what is taken whole, expected victim: cgroup or unit");
        if (action.SmallestUseful && action.MinSizeBytes == 0 && !fields.Has("min-size"))
            fields.Fail(
                fields.PositionOf("smallest-useful"),
                "'smallest-useful' needs 'min-size', which says what is useful, such as min-size: 50MiB");
        foreach (RankKey key in action.Rank)
        {
            if (!whole && RankKeys.IsOfCgroups(key))
                fields.Fail(
                    fields.PositionOf("rank"),
                    $"'{RankKeys.Name(key)}' is known of cgroups alone, expected it under 'culprit', or "
                    + "victim: cgroup");
            else if (whole && RankKeys.IsOfProcesses(key))
                fields.Fail(
                    fields.PositionOf("rank"),
                    $"'{RankKeys.Name(key)}' is known of processes alone, expected victim: process");
        }
    }

    private static void WarnOfHaste(Fields fields, KillAction action)
    {
        if (action.Signal == Signals.Term && action.GraceUsec == 0)
            fields.Warn(
                fields.PositionOf("grace"),
                "TERM with a grace of 0s is followed by KILL at once; write signal: KILL, or a longer grace");
        if (action.Signal == Signals.Kill && fields.Has("grace"))
            fields.Warn(
                fields.PositionOf("grace"),
                "'grace' means nothing with signal: KILL; leave it out, or write signal: TERM");
        if (action.MinSizeBytes == 0 && action.Rank.Contains(RankKey.Badness))
            fields.Warn(
                fields.PositionOf("rank"),
                "rank by badness without 'min-size' takes small processes with a high oom_score_adj first, which "
                + "frees nothing; expected one such as min-size: 50MiB");
    }
}
