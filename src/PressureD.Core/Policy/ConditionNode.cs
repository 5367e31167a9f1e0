namespace PressureD.Core.Policy;

/// <summary>
/// One node of a compiled condition. Children come before their parent in <see cref="Condition.Nodes"/>.
/// </summary>
public readonly struct ConditionNode
{
    public ConditionNode()
    {
    }

    public required ConditionOp Op { get; init; }

    /// <summary>
    /// Index of the first child: of a truth for And, Or, Not, For and Recently, of a value for Compare and Share.
    /// </summary>
    public int Left { get; init; } = -1;

    /// <summary>Index of the second child for And, Or and Compare.</summary>
    public int Right { get; init; } = -1;

    public Comparison Comparison { get; init; }

    /// <summary>For Metric: which metric, whose, and where the sampler puts its value.</summary>
    public MetricOperand Operand { get; init; }

    /// <summary>
    /// For Number: the number, in <see cref="Unit"/>. For Share: millionths. For For and Recently: microseconds.
    /// </summary>
    public long Amount { get; init; }

    /// <summary>
    /// For Share: it was written as a plain percentage, so that it is a share of what there is at most. Where there is
    /// nothing, nothing is left: 0 B of swap is less than 10 % of 0 B.
    /// </summary>
    public bool OfBase { get; init; }

    /// <summary>For a value: what its number means.</summary>
    public MetricUnit Unit { get; init; }

    /// <summary>
    /// For For and Recently, and for what a report gives the age of (Compare, Exists, Any, All): its place in the
    /// memory of whom the condition is evaluated for, counted over the rule's when and until together.
    /// </summary>
    public int StateIndex { get; init; } = -1;

    /// <summary>
    /// For For and Recently: its place among those alone, counted likewise; all else that is remembered says only how
    /// long something has been so, or how it was at an act.
    /// </summary>
    public int TimerIndex { get; init; } = -1;

    /// <summary>
    /// For a PSI average: the place in that memory of its total at the last act; −1 otherwise.
    /// </summary>
    public int BaselineIndex { get; init; } = -1;

    /// <summary>
    /// What a Metric is made of: for a PSI average the total of the same line, in microseconds, from which it is
    /// recomputed after an act; for a function over a window the metric that is read.
    /// </summary>
    public MetricOperand Basis { get; init; }

    /// <summary>For Exists, Any, All, Count, MaxOf, MinOf and SumOf: an index into <see cref="Rule.Groups"/>.</summary>
    public int Group { get; init; } = -1;
}
