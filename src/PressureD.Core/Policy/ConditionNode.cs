namespace PressureD.Core.Policy;

/// <summary>
/// One node of a compiled condition. Children come before their parent in <see cref="Condition.Nodes"/>.
/// </summary>
public readonly record struct ConditionNode
{
    public required ConditionOp Op { get; init; }

    /// <summary>Index of the first child for And, Or, Not and For.</summary>
    public int Left { get; init; }

    /// <summary>Index of the second child for And and Or.</summary>
    public int Right { get; init; }

    public Comparison Comparison { get; init; }

    /// <summary>For Compare: which metric, whose, and where the sampler puts its value.</summary>
    public MetricOperand Operand { get; init; }

    /// <summary>
    /// For Compare: the number, in the metric's unit; when <see cref="BaseOperand"/> is set, millionths of that metric.
    /// </summary>
    public long Threshold { get; init; }

    /// <summary>For a Compare with a percentage of another metric (swap.free &lt; 10 %): that metric.</summary>
    public MetricOperand? BaseOperand { get; init; }

    /// <summary>For For: how long, in microseconds.</summary>
    public long HoldUsec { get; init; }

    /// <summary>
    /// For For: which of the match's timers it uses, counted from 0 over the rule's when and until together.
    /// </summary>
    public int TimerIndex { get; init; }

    /// <summary>
    /// For a Compare on a PSI average: which of the match's baselines holds its total at the last act, counted from 0
    /// over the rule's when and until together; −1 otherwise.
    /// </summary>
    public int BaselineIndex { get; init; }

    /// <summary>
    /// For a Compare on a PSI average: the total of the same line, in microseconds, from which the average is
    /// recomputed after an act.
    /// </summary>
    public MetricOperand? TotalOperand { get; init; }
}
