using System;
using PressureD.Core.Policy;
using PressureD.Core.Policy.Expressions;
using PressureD.Core.Publishing;
using PressureD.Core.Readers;

namespace PressureD.Core.Engine;

/// <summary>
/// Why a condition is what it is: one line for each of its comparisons, with the value now, what it needs, and since
/// when it has been so. Allocates nothing.
/// </summary>
internal static class ConditionReport
{
    /// <summary>Cgroups of a group that are named; the others are counted.</summary>
    private const int MaxNamed = 3;

    /// <summary>Appends the lines of a rule's <c>when</c> for one match, each with a newline at its end.</summary>
    /// <param name="text">Where to.</param>
    /// <param name="match">The rule's match.</param>
    /// <param name="host">The machine's values of the last step.</param>
    /// <param name="nowUsec">The time of the last step.</param>
    public static void Append(TextBuffer text, MatchState match, ReadOnlySpan<long> host, long nowUsec) =>
        Append(text, match.Rule.When, match, host, nowUsec);

    /// <summary>As above, for any of its conditions: <c>until</c> as well.</summary>
    public static void Append(
        TextBuffer text, Condition condition, MatchState match, ReadOnlySpan<long> host, long nowUsec)
    {
        var evaluator = new ConditionEvaluator(host, match, nowUsec, recheck: true);
        AppendLines(text, condition, evaluator, nowUsec, indent: 0);
    }

    /// <summary>A value with its name: "psi.memory.full.avg10 12.3%", "count("job/*") 3".</summary>
    public static void AppendValue(TextBuffer text, ConditionNode[] nodes, int index, ConditionEvaluator evaluator)
    {
        ref readonly ConditionNode node = ref nodes[index];
        switch (node.Op)
        {
            case ConditionOp.Metric:
                text.Append(node.Operand.Metric.Name).Append(" "u8);
                break;
            case ConditionOp.Share:
                text.AppendPercent(node.Amount).Append(" of "u8);
                AppendName(text, nodes, node.Left, evaluator);
                text.Append(", "u8);
                break;
            case ConditionOp.Exists or ConditionOp.Any or ConditionOp.All:
                AppendMembers(text, node, evaluator);
                return;
            case not ConditionOp.Number:
                text.Append(evaluator.Group(node.Group).Group.Name).Append(" "u8);
                break;
        }

        ConditionEvidence.AppendValue(text, node.Unit, evaluator.Value(nodes, index));
    }

    private static void AppendLines(
        TextBuffer text, Condition condition, ConditionEvaluator evaluator, long nowUsec, int indent)
    {
        ConditionNode[] nodes = condition.Nodes;
        for (int i = 0; i < nodes.Length; i++)
        {
            ref readonly ConditionNode node = ref nodes[i];
            if (node.StateIndex < 0)
                continue;
            for (int k = 0; k < indent; k++)
                text.Append("  "u8);
            if (node.Op == ConditionOp.Compare)
                AppendComparison(text, nodes, i, evaluator);
            else if (node.Op is ConditionOp.For or ConditionOp.Recently)
                AppendTime(text, node, evaluator, nowUsec);
            else
                AppendMembers(text, node, evaluator);
            AppendTruth(text, nodes, i, evaluator, nowUsec);
            text.Append("\n"u8);
            if (node.Group >= 0)
                AppendMemberLines(text, evaluator.Group(node.Group), evaluator, nowUsec, indent + 1);
        }
    }

    private static void AppendComparison(
        TextBuffer text, ConditionNode[] nodes, int index, ConditionEvaluator evaluator)
    {
        ref readonly ConditionNode node = ref nodes[index];
        AppendValue(text, nodes, node.Left, evaluator);
        text.Append(" (needs "u8).Append(ExpressionText.SignOf(node.Comparison)).Append(" "u8);
        AppendValue(text, nodes, node.Right, evaluator);
        text.Append(")"u8);
    }

    /// <summary>What stands above it must hold for a time, or have held.</summary>
    private static void AppendTime(TextBuffer text, in ConditionNode node, ConditionEvaluator evaluator, long nowUsec)
    {
        long sinceUsec = evaluator.SinceUsec(node);
        text.Append(node.Op == ConditionOp.For ? "all that for "u8 : "that within the last "u8)
            .AppendDuration(node.Amount);
        if (sinceUsec == 0)
            text.Append(node.Op == ConditionOp.For ? " (has not begun)"u8 : " (never seen)"u8);
        else if (node.Op == ConditionOp.For)
            text.Append(" (for "u8).AppendDuration(nowUsec - sinceUsec).Append(" so far)"u8);
        else
            text.Append(" (last "u8).AppendDuration(nowUsec - sinceUsec).Append(" ago)"u8);
    }

    private static void AppendMembers(TextBuffer text, in ConditionNode node, ConditionEvaluator evaluator)
    {
        GroupRuntime group = evaluator.Group(node.Group);
        int count = evaluator.CountMembers(node.Group, out int all);
        text.Append(group.Group.Name).Append(" "u8);
        if (group.Group.Body is not null)
            text.Append(count).Append(" of "u8);
        text.Append(all).Append(all == 1 ? " cgroup"u8 : " cgroups"u8);
    }

    private static void AppendMemberLines(
        TextBuffer text, GroupRuntime group, ConditionEvaluator evaluator, long nowUsec, int indent)
    {
        if (group.Group.Body is not { } body || group.Group.IsValue)
            return;
        int named = 0;
        foreach (GroupMember member in group.Members)
        {
            if (!evaluator.Holds(group, member) || ++named > MaxNamed)
                continue;
            for (int k = 0; k < indent; k++)
                text.Append("  "u8);
            text.Append("/"u8).AppendEscaped(member.Cgroup!.Path).Append(":\n"u8);
            AppendLines(text, body, evaluator.Of(group, member), nowUsec, indent + 1);
        }
    }

    private static void AppendTruth(
        TextBuffer text, ConditionNode[] nodes, int index, ConditionEvaluator evaluator, long nowUsec)
    {
        ref readonly ConditionNode node = ref nodes[index];
        Truth truth = evaluator.TruthOf(nodes, index);
        text.Append(": "u8).Append(NameOf(truth));
        if (node.Op is ConditionOp.For or ConditionOp.Recently)
            return;
        long sinceUsec = evaluator.SinceUsec(node);
        if (sinceUsec != 0 && evaluator.RememberedTruth(node) == truth)
            text.Append(" for "u8).AppendDuration(Math.Max(nowUsec - sinceUsec, 0));
        if (truth == Truth.Unknown && evaluator.FindUnknown(nodes, index, forGood: false) is { } unknown)
        {
            text.Append(" ("u8);
            if (node.Group >= 0)
                text.Append(unknown.Operand.Metric.Name).Append(" is: "u8);
            unknown.AppendCause(text);
            text.Append(")"u8);
        }
    }

    /// <summary>
    /// Names what a condition asks about and that cannot be read: "zram.used is unknown (...)"; nothing when there is
    /// nothing of that kind.
    /// </summary>
    public static void AppendUnreadable(TextBuffer text, MatchState match, ReadOnlySpan<long> host, long nowUsec)
    {
        ConditionNode[] nodes = match.Rule.When.Nodes;
        var evaluator = new ConditionEvaluator(host, match, nowUsec, recheck: true);
        if (evaluator.FindUnknown(nodes, nodes.Length - 1, forGood: true) is not { } unknown)
            return;
        text.Append(unknown.Operand.Metric.Name).Append(" is unknown ("u8);
        unknown.AppendCause(text);
        text.Append(")"u8);
    }

    private static void AppendName(TextBuffer text, ConditionNode[] nodes, int index, ConditionEvaluator evaluator)
    {
        ref readonly ConditionNode node = ref nodes[index];
        if (node.Op == ConditionOp.Metric)
            text.Append(node.Operand.Metric.Name);
        else if (node.Group >= 0)
            text.Append(evaluator.Group(node.Group).Group.Name);
        else
            AppendValue(text, nodes, index, evaluator);
    }

    /// <summary>The word for a truth.</summary>
    public static ReadOnlySpan<byte> NameOf(Truth truth) => truth switch
    {
        Truth.True => "true"u8,
        Truth.False => "false"u8,
        _ => "unknown"u8,
    };
}
