using System.Collections.Generic;
using System.Collections.Immutable;
using System.Text;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;

namespace PressureD.Core.Policy;

/// <summary>Says in plain sentences what a policy will do on a machine of a given size.</summary>
public static class PolicyText
{
    /// <summary>A heading and one sentence each for the condition, its end, and every action.</summary>
    public static IReadOnlyList<string> Describe(Rule rule, MachineSize machine)
    {
        string watched = rule.ForEach is { } pattern ? $"each cgroup {pattern.Text}" : "the machine";
        string dryRun = rule.DryRun ? ", dry run" : "";
        var lines = new List<string>
        {
            $"{rule.Name} ({rule.Source}{dryRun}): watches {watched}",
            $"  when {Describe(rule.When, machine)}",
        };
        if (rule.Until is { } until)
            lines.Add($"  until {Describe(until, machine)}");
        foreach (RuleAction action in rule.Actions)
            lines.Add("  then " + Describe(action));
        if (rule.CooldownUsec > 0)
            lines.Add($"  and again after {QuantityText.Duration(rule.CooldownUsec)} at the earliest");
        return lines;
    }

    /// <summary>The condition with its numbers resolved.</summary>
    public static string Describe(Condition condition, MachineSize machine)
    {
        var text = new StringBuilder();
        Append(text, condition.Nodes, condition.Nodes.Length - 1, machine);
        return text.ToString();
    }

    /// <summary>One step of a chain.</summary>
    public static string Describe(RuleAction action) => action switch
    {
        LogAction log => $"log: {log.Text}",
        NotifyAction notify => $"raise the level to {notify.Level.ToString().ToLowerInvariant()}",
        WaitAction wait => $"wait {QuantityText.Duration(wait.DurationUsec)} and go on only if it still holds",
        KillAction kill => Describe(kill),
        _ => action.GetType().Name,
    };

    private static string Describe(KillAction kill)
    {
        string what = kill.Victim == VictimKind.Cgroup ? "one cgroup" : "one process";
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
        if (kill.StallsOthersRatio > 0)
            text.Append(", while cgroups other than its own stall above ")
                .Append(QuantityText.Percent(kill.StallsOthersRatio));
        if (kill.Signal != Signals.Kill)
            text.Append($"; after {QuantityText.Duration(kill.GraceUsec)} KILL");
        AppendCount(text, "prefers", kill.Prefer);
        AppendCount(text, "avoids", kill.Avoid);
        AppendCount(text, "protects", kill.Protect);
        return text.ToString();
    }

    private static void AppendKeys(StringBuilder text, ImmutableArray<RankKey> keys)
    {
        for (int i = 0; i < keys.Length; i++)
            text.Append(i == 0 ? "" : ", then ").Append(keys[i].ToString().ToLowerInvariant());
    }

    private static void AppendCount(StringBuilder text, string verb, ImmutableArray<Matcher> matchers)
    {
        if (matchers.Length == 1)
            text.Append($"; {verb} {matchers[0].Text}");
        else if (matchers.Length > 1)
            text.Append($"; {verb} {matchers.Length} kinds");
    }

    private static void Append(StringBuilder text, ConditionNode[] nodes, int index, MachineSize machine)
    {
        ConditionNode node = nodes[index];
        switch (node.Op)
        {
            case ConditionOp.And or ConditionOp.Or:
                AppendChain(text, nodes, index, machine);
                break;
            case ConditionOp.Not:
                text.Append("not ");
                AppendWithin(text, nodes, node.Left, nodes[node.Left].Op is ConditionOp.And or ConditionOp.Or, machine);
                break;
            case ConditionOp.For:
                AppendWithin(text, nodes, node.Left, nodes[node.Left].Op != ConditionOp.Compare, machine);
                text.Append(" for ").Append(QuantityText.Duration(node.HoldUsec));
                break;
            default:
                string host =
                    node.Operand is { OfHost: true, Metric.Scope: MetricScope.Either } ? "the machine's " : "";
                text.Append($"{host}{node.Operand.Metric.Name} {Word(node.Comparison)} ");
                AppendThreshold(text, node, machine);
                break;
        }
    }

    /// <summary>A chain of equal joints leans to the left and can be long: it is walked, not recursed into.</summary>
    private static void AppendChain(StringBuilder text, ConditionNode[] nodes, int index, MachineSize machine)
    {
        ConditionOp joint = nodes[index].Op;
        var parts = new Stack<int>();
        while (nodes[index].Op == joint)
        {
            parts.Push(nodes[index].Right);
            index = nodes[index].Left;
        }

        bool inner = joint == ConditionOp.And;
        AppendWithin(text, nodes, index, inner && nodes[index].Op == ConditionOp.Or, machine);
        while (parts.TryPop(out int part))
        {
            text.Append(inner ? " and " : " or ");
            bool nested = nodes[part].Op == joint || (inner && nodes[part].Op == ConditionOp.Or);
            AppendWithin(text, nodes, part, nested, machine);
        }
    }

    private static void AppendWithin(
        StringBuilder text, ConditionNode[] nodes, int index, bool nested, MachineSize machine)
    {
        text.Append(nested ? "(" : "");
        Append(text, nodes, index, machine);
        text.Append(nested ? ")" : "");
    }

    private static void AppendThreshold(StringBuilder text, in ConditionNode node, MachineSize machine)
    {
        if (node.BaseOperand is not { } whole)
        {
            text.Append(QuantityText.Of(node.Threshold, node.Operand.Metric.Unit));
            return;
        }

        text.Append(QuantityText.Percent(node.Threshold));
        long? bytes = whole.Metric.Name switch
        {
            "mem.total" => machine.MemTotalBytes,
            "swap.total" => machine.SwapTotalBytes,
            _ => null,
        };
        if (bytes is { } total)
        {
            long resolved = (long)((System.Int128)total * node.Threshold / Quantity.Whole);
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
}
