using System;

namespace PressureD.Core.Policy.Sentences;

/// <summary>Says what a comparison asks, with shares turned into bytes.</summary>
/// <param name="machine">What shares are taken of.</param>
internal sealed class ValueText(MachineSize machine)
{
    /// <summary>"at most", "more than": before a number.</summary>
    public static string Word(Comparison comparison) => comparison switch
    {
        Comparison.Less => "less than",
        Comparison.LessOrEqual => "at most",
        Comparison.Greater => "more than",
        Comparison.GreaterOrEqual => "at least",
        Comparison.Equal => "exactly",
        _ => "other than",
    };

    /// <summary>A comparison as a sentence: "available memory is less than 102 MiB (10 % of memory)".</summary>
    /// <param name="rule">Whose groups it may ask about.</param>
    /// <param name="nodes">The condition it is in.</param>
    /// <param name="node">It.</param>
    /// <param name="comparison">How it compares, turned round when it is denied.</param>
    /// <param name="isOfCgroup">Whether names are a cgroup's.</param>
    public string Compare(
        Rule rule, ConditionNode[] nodes, ConditionNode node, Comparison comparison, bool isOfCgroup)
    {
        ConditionNode left = nodes[node.Left];
        ConditionNode right = nodes[node.Right];
        if (left.Op == ConditionOp.Metric && right.Op == ConditionOp.Number
            && Special(left.Operand, right.Amount, comparison, isOfCgroup) is { } special)
        {
            return special;
        }

        string of = Noun(rule, nodes, left, isOfCgroup);
        if (IsShareOfItsPast(nodes, left, right, out Metric? before))
            return $"{of} is {Word(comparison)} {QuantityText.Percent(right.Amount)} of what it was "
                + $"{QuantityText.Duration(before!.Window!.WindowUsec)} ago";
        return $"{of} is {Word(comparison)} {Value(rule, nodes, right, left, comparison, isOfCgroup)}";
    }

    /// <summary>What reads better than "X is more than Y"; null for the others.</summary>
    private string? Special(MetricOperand operand, long amount, Comparison comparison, bool isOfCgroup)
    {
        Metric metric = operand.Metric;
        bool below = comparison is Comparison.Less or Comparison.LessOrEqual;
        if (metric.Name == "time_to_exhaustion")
            return below
                ? $"at this rate memory and swap are used up within {QuantityText.Duration(amount)}"
                : $"at this rate memory and swap last for {Word(comparison)} {QuantityText.Duration(amount)}";
        if (metric is { Source: MetricSource.Psi, Unit: MetricUnit.Ratio })
            return Stalls(metric, operand, amount, comparison, isOfCgroup, MetricPhrases.Span(metric));
        if (metric.Window is not { } window || MetricCatalog.Find(metric.Name) is not null)
            return null;
        string of = Of(window.Argument, operand.OfHost, isOfCgroup);
        string span = QuantityText.Duration(window.WindowUsec);
        if (window is { Function: WindowFunction.Rate, Argument.Source: MetricSource.Psi })
            return Stalls(window.Argument, operand, amount, comparison, isOfCgroup, $"over {span}");
        bool rises = comparison == Comparison.Greater && amount == 0;
        return window.Function switch
        {
            WindowFunction.Rate when rises => $"{of} rises (over {span})",
            WindowFunction.Delta when rises => $"{of} has risen within {span}",
            WindowFunction.Rate => $"{of} rises by {Word(comparison)} {QuantityText.Of(amount, metric.Unit)} "
                + $"(over {span})",
            WindowFunction.Delta =>
                $"{of} has changed by {Word(comparison)} {QuantityText.Of(amount, metric.Unit)} within {span}",
            _ => null,
        };
    }

    /// <summary>A share of time, or the total's rise within a time, which is the same.</summary>
    private static string Stalls(
        Metric metric, MetricOperand operand, long amount, Comparison comparison, bool isOfCgroup, string span) =>
        $"{Who(metric)}{Place(operand, isOfCgroup)} stalls on {Resource(metric)} {Word(comparison)} "
        + $"{QuantityText.Percent(amount)} of the time ({span})";

    private static string Who(Metric metric) =>
        metric.Key.StartsWith("some", StringComparison.Ordinal) ? "something" : "everything";

    private static string Place(MetricOperand operand, bool isOfCgroup) =>
        !isOfCgroup ? "" : operand.OfHost ? " on the machine" : " in it";

    private static string Resource(Metric metric) => metric.File switch
    {
        "io" => "disks",
        "cpu" => "processors",
        "irq" => "interrupts",
        _ => metric.File,
    };

    /// <summary>Whether the right side is a share of what the left one was: <c>falling</c>.</summary>
    private static bool IsShareOfItsPast(
        ConditionNode[] nodes, ConditionNode left, ConditionNode right, out Metric? before)
    {
        before = right is { Op: ConditionOp.Share, OfBase: false } && nodes[right.Left].Op == ConditionOp.Metric
            ? nodes[right.Left].Operand.Metric
            : null;
        return before?.Window is { Function: WindowFunction.Before } window && left.Op == ConditionOp.Metric
            && window.Argument.Name == left.Operand.Metric.Name;
    }

    private string Noun(Rule rule, ConditionNode[] nodes, ConditionNode node, bool isOfCgroup) => node.Op switch
    {
        ConditionOp.Metric => Of(node.Operand.Metric, node.Operand.OfHost, isOfCgroup),
        ConditionOp.Share => $"{QuantityText.Percent(node.Amount)} of "
            + Noun(rule, nodes, nodes[node.Left], isOfCgroup),
        ConditionOp.Number => QuantityText.Of(node.Amount, node.Unit),
        ConditionOp.Count => $"the number of cgroups {rule.Groups[node.Group].Pattern.Text}",
        _ => OfGroup(rule, rule.Groups[node.Group], node.Op),
    };

    /// <summary>"the greatest memory of the cgroups user.slice/*".</summary>
    private string OfGroup(Rule rule, ConditionGroup group, ConditionOp op)
    {
        ConditionNode[] nodes = group.Body!.Nodes;
        string of = Noun(rule, nodes, nodes[^1], isOfCgroup: true);
        foreach (string article in (string[])["its ", "the "])
            of = of.StartsWith(article, StringComparison.Ordinal) ? of[article.Length..] : of;
        string which = op switch
        {
            ConditionOp.MaxOf => "the greatest",
            ConditionOp.MinOf => "the least",
            _ => "all the",
        };
        return $"{which} {of} of {PatternText.Of(group.Pattern)}";
    }

    private static string Of(Metric metric, bool ofHost, bool isOfCgroup)
    {
        string place = isOfCgroup && ofHost && metric.Scope == MetricScope.Either ? " of the machine" : "";
        if (metric.Window is not { } window || MetricCatalog.Find(metric.Name) is not null)
            return MetricPhrases.Of(metric) + place;
        string of = Of(window.Argument, ofHost, isOfCgroup);
        string span = QuantityText.Duration(window.WindowUsec);
        return window.Function switch
        {
            WindowFunction.Rate => $"the rise of {of} over {span}",
            WindowFunction.Avg => $"the mean over {span} of {of}",
            WindowFunction.Min => $"the least in {span} of {of}",
            WindowFunction.Max => $"the greatest in {span} of {of}",
            WindowFunction.Delta => $"the change within {span} of {of}",
            _ => $"{of} {span} ago",
        };
    }

    /// <summary>The right side.</summary>
    private string Value(
        Rule rule,
        ConditionNode[] nodes,
        ConditionNode node,
        ConditionNode left,
        Comparison comparison,
        bool isOfCgroup)
    {
        if (node is { Op: ConditionOp.Share, OfBase: true })
            return ShareOfBase(nodes[node.Left].Operand.Metric, node.Amount, comparison);
        bool isLeft = left.Op == ConditionOp.Metric && left.Operand.Metric.Name == "mem.available_user";
        if (isLeft && node.Op == ConditionOp.Number && machine.MemTotalBytes > 0)
            return $"{QuantityText.Percent(node.Amount)} (up to "
                + $"{QuantityText.Bytes(Part(machine.MemTotalBytes, node.Amount))})";
        return Noun(rule, nodes, node, isOfCgroup);
    }

    /// <summary>"102 MiB (10 % of memory)".</summary>
    private string ShareOfBase(Metric whole, long millionths, Comparison comparison)
    {
        bool isSwap = whole.Name == "swap.total";
        string share = $"{QuantityText.Percent(millionths)} of {MetricPhrases.Of(whole)}";
        long totalBytes = isSwap ? machine.SwapTotalBytes : machine.MemTotalBytes;
        if (isSwap && totalBytes == 0)
        {
            // Of nothing, nothing is left.
            bool holds = comparison is Comparison.Less or Comparison.LessOrEqual;
            return $"{share} ({(holds ? "so it is" : "so it never is")}: there is no swap)";
        }

        return totalBytes <= 0 ? share : $"{QuantityText.Bytes(Part(totalBytes, millionths))} ({share})";
    }

    private static long Part(long wholeBytes, long millionths) =>
        (long)((Int128)wholeBytes * millionths / Readers.Quantity.Whole);
}
