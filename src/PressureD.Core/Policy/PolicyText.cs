using System.Collections.Generic;
using System.Collections.Immutable;
using System.Text;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;

namespace PressureD.Core.Policy;

/// <summary>Says in plain sentences what a policy will do on a machine of a given size.</summary>
public static class PolicyText
{
    /// <summary>The whole policy.</summary>
    public static IReadOnlyList<string> Describe(PolicySet policy, MachineSize machine)
    {
        var lines = new List<string>();
        foreach (Rule rule in policy.Rules)
            lines.AddRange(Describe(rule, machine));
        lines.AddRange(Describe(policy.Swap));
        return lines;
    }

    /// <summary>A heading and one sentence each for the condition, its end, and every action.</summary>
    public static IReadOnlyList<string> Describe(Rule rule, MachineSize machine)
    {
        string watched = rule.ForEach is { } pattern ? $"each cgroup {pattern.Text}" : "the machine";
        if (rule.ForEachXattr is { } xattr)
            watched += $" with {xattr.Name}{(xattr.Value is null ? "" : $" = {Quoted.Of(xattr.Value)}")}";
        string dryRun = rule.DryRun ? ", dry run" : "";
        var lines = new List<string>
        {
            $"{rule.Name} ({rule.Source}{dryRun}): watches {watched}",
            $"  when {Describe(rule, rule.When, machine)}",
        };
        if (rule.Until is { } until)
            lines.Add($"  until {Describe(rule, until, machine)}");
        foreach (RuleAction action in rule.Actions)
            lines.Add("  then " + Describe(action));
        if (rule.CooldownUsec > 0)
            lines.Add($"  and again after {QuantityText.Duration(rule.CooldownUsec)} at the earliest");
        return lines;
    }

    /// <summary>The swap section; nothing when there is none.</summary>
    public static IReadOnlyList<string> Describe(SwapRules swap) => ChangeText.Describe(swap);

    /// <summary>A condition of the rule with its numbers resolved.</summary>
    public static string Describe(Rule rule, Condition condition, MachineSize machine)
    {
        var text = new StringBuilder();
        Append(text, condition.Nodes, condition.Nodes.Length - 1, new Words(rule.Groups, machine));
        return text.ToString();
    }

    /// <summary>One step of a chain.</summary>
    public static string Describe(RuleAction action) => action switch
    {
        LogAction log => $"log: {log.Text}",
        NotifyAction notify => $"raise the level to {notify.Level.ToString().ToLowerInvariant()}",
        WaitAction wait => $"wait {QuantityText.Duration(wait.DurationUsec)} and go on only if it still holds",
        KillAction kill => Describe(kill),
        RunAction run => Describe(run),
        UnitAction unit => $"{(unit.Restart ? "restart" : "stop")} {unit.Unit} and wait for it, at most "
            + QuantityText.Duration(unit.TimeoutUsec),
        RecordAction record => $"keep a record of this moment: {record.Text}",
        ChangeAction change => ChangeText.Describe(change),
        ReclaimAction reclaim => ChangeText.Describe(reclaim),
        OffloadAction offload => ChangeText.Describe(offload),
        KernelOomAction => "have the kernel's own killer choose a victim",
        StopAction stop => stop.OnlyAfterEffect ? "stop here if a step before changed something" : "stop here",
        _ => action.GetType().Name,
    };

    private static string Describe(KillAction kill)
    {
        string what = kill.Victim switch
        {
            VictimKind.Process => "one process",
            VictimKind.ProcessGroup => "one process group",
            VictimKind.Unit => "one unit",
            _ => "one cgroup",
        };
        string first = kill.Signal == Signals.Kill ? "KILL" : "TERM";
        var text = new StringBuilder($"{first} to {what} of {kill.From.Text}, the largest by ");
        AppendKeys(text, kill.Rank);
        if (!kill.Culprit.IsEmpty)
        {
            text.Append(", in the cgroup that is the largest by ");
            AppendKeys(text, kill.Culprit);
        }

        if (kill.MinSizeBytes > 0)
            text.Append($", of at least {QuantityText.Bytes(kill.MinSizeBytes)}");
        if (kill.SmallestUseful)
            text.Append(", or the smallest part of it that holds as much");
        if (kill.StallsOthersRatio > 0)
            text.Append(", while cgroups other than its own stall above ")
                .Append(QuantityText.Percent(kill.StallsOthersRatio));
        if (kill.Prekill is { } prekill)
            text.Append("; before that ").Append(Describe(prekill));
        if (kill.Signal != Signals.Kill)
            text.Append($"; after {QuantityText.Duration(kill.GraceUsec)} KILL");
        if (kill.KillsPerMinute > 0)
            text.Append($"; at most {kill.KillsPerMinute} a minute");
        if (kill.AlwaysContinue)
            text.Append("; goes on at once, without a cooldown");
        if (kill.DryRun)
            text.Append("; dry run");
        AppendCount(text, "prefers", kill.Prefer);
        AppendCount(text, "avoids", kill.Avoid);
        AppendCount(text, "protects", kill.Protect);
        return text.ToString();
    }

    private static string Describe(RunAction run) =>
        $"run {string.Join(' ', run.Command)} as {run.User ?? "root"} and wait for it, at most "
        + QuantityText.Duration(run.TimeoutUsec);

    private static void AppendKeys(StringBuilder text, ImmutableArray<RankKey> keys)
    {
        for (int i = 0; i < keys.Length; i++)
            text.Append(i == 0 ? "" : ", then ").Append(RankKeys.Name(keys[i]));
    }

    private static void AppendCount(StringBuilder text, string verb, ImmutableArray<Matcher> matchers)
    {
        if (matchers.Length == 1)
            text.Append($"; {verb} {matchers[0].Text}");
        else if (matchers.Length > 1)
            text.Append($"; {verb} {matchers.Length} kinds");
    }

    private static void Append(StringBuilder text, ConditionNode[] nodes, int index, Words words)
    {
        ConditionNode node = nodes[index];
        switch (node.Op)
        {
            case ConditionOp.And or ConditionOp.Or:
                AppendChain(text, nodes, index, words);
                break;
            case ConditionOp.Not:
                text.Append("not ");
                AppendWithin(text, nodes, node.Left, nodes[node.Left].Op is ConditionOp.And or ConditionOp.Or, words);
                break;
            case ConditionOp.For:
                AppendWithin(text, nodes, node.Left, nodes[node.Left].Op is not ConditionOp.Compare, words);
                text.Append(" for ").Append(QuantityText.Duration(node.Amount));
                break;
            case ConditionOp.Recently:
                text.Append("within the last ").Append(QuantityText.Duration(node.Amount)).Append(' ');
                AppendWithin(text, nodes, node.Left, nodes[node.Left].Op is not ConditionOp.Compare, words);
                break;
            case ConditionOp.Compare:
                AppendValue(text, nodes, node.Left, words);
                text.Append(' ').Append(Word(node.Comparison)).Append(' ');
                AppendValue(text, nodes, node.Right, words);
                break;
            default:
                AppendGroup(text, words.Groups[node.Group], node.Op, words);
                break;
        }
    }

    private static void AppendGroup(StringBuilder text, ConditionGroup group, ConditionOp op, Words words)
    {
        text.Append(op switch
        {
            ConditionOp.Exists => "there is a cgroup ",
            ConditionOp.Any => "for any cgroup ",
            ConditionOp.All => "for every cgroup ",
            ConditionOp.Count => "the number of cgroups ",
            ConditionOp.MaxOf => "the greatest of the cgroups ",
            ConditionOp.MinOf => "the least of the cgroups ",
            _ => "the sum over the cgroups ",
        });
        text.Append(group.Pattern.Text);
        if (group.Body is not { } body)
            return;
        text.Append(group.IsValue ? " by " : op == ConditionOp.Count ? " with (" : " (");
        if (group.IsValue)
            AppendValue(text, body.Nodes, body.Nodes.Length - 1, words);
        else
            Append(text, body.Nodes, body.Nodes.Length - 1, words);
        text.Append(group.IsValue ? "" : ")");
    }

    /// <summary>A chain of equal joints leans to the left and can be long: it is walked, not recursed into.</summary>
    private static void AppendChain(StringBuilder text, ConditionNode[] nodes, int index, Words words)
    {
        ConditionOp joint = nodes[index].Op;
        var parts = new Stack<int>();
        while (nodes[index].Op == joint)
        {
            parts.Push(nodes[index].Right);
            index = nodes[index].Left;
        }

        bool inner = joint == ConditionOp.And;
        AppendWithin(text, nodes, index, inner && nodes[index].Op == ConditionOp.Or, words);
        while (parts.TryPop(out int part))
        {
            text.Append(inner ? " and " : " or ");
            bool nested = nodes[part].Op == joint || (inner && nodes[part].Op == ConditionOp.Or);
            AppendWithin(text, nodes, part, nested, words);
        }
    }

    private static void AppendWithin(
        StringBuilder text, ConditionNode[] nodes, int index, bool nested, Words words)
    {
        text.Append(nested ? "(" : "");
        Append(text, nodes, index, words);
        text.Append(nested ? ")" : "");
    }

    private static void AppendValue(StringBuilder text, ConditionNode[] nodes, int index, Words words)
    {
        ConditionNode node = nodes[index];
        switch (node.Op)
        {
            case ConditionOp.Metric:
                bool either = node.Operand is { OfHost: true, Metric.Scope: MetricScope.Either };
                text.Append(either ? "the machine's " : "").Append(node.Operand.Metric.Name);
                break;
            case ConditionOp.Number:
                text.Append(QuantityText.Of(node.Amount, node.Unit));
                break;
            case ConditionOp.Share when node.OfBase:
                AppendShareOfBase(text, nodes[node.Left].Operand.Metric, node.Amount, words.Machine);
                break;
            case ConditionOp.Share:
                text.Append(QuantityText.Percent(node.Amount)).Append(" of ");
                AppendValue(text, nodes, node.Left, words);
                break;
            default:
                AppendGroup(text, words.Groups[node.Group], node.Op, words);
                break;
        }
    }

    private static void AppendShareOfBase(StringBuilder text, Metric whole, long millionths, MachineSize machine)
    {
        text.Append(QuantityText.Percent(millionths));
        long? bytes = whole.Name switch
        {
            "mem.total" => machine.MemTotalBytes,
            "swap.total" => machine.SwapTotalBytes,
            _ => null,
        };
        if (bytes is { } total)
        {
            long resolved = (long)((System.Int128)total * millionths / Quantity.Whole);
            text.Append(total == 0 ? " (there is no swap)" : $" ({QuantityText.Bytes(resolved)})");
        }
    }

    private static string Word(Comparison comparison) => comparison switch
    {
        Comparison.Less => "under",
        Comparison.LessOrEqual => "at most",
        Comparison.Greater => "above",
        Comparison.GreaterOrEqual => "at least",
        Comparison.Equal => "exactly",
        _ => "other than",
    };

    /// <summary>What words are about beside the nodes themselves.</summary>
    private readonly record struct Words(ConditionGroup[] Groups, MachineSize Machine);
}
