namespace PressureD.Core.Policy.Checks;

/// <summary>
/// Whether one condition can only be true while another is. Sound, not complete: it knows about comparisons of the same
/// value with numbers, <c>and</c>, <c>or</c>, <c>for</c>, <c>recently</c> and groups, and says no to what it cannot
/// tell.
/// </summary>
internal sealed class Implication
{
    /// <summary>Looks at so many pairs of nodes altogether: a hostile policy ends in "cannot tell".</summary>
    private const int MaxLooks = 2_000_000;

    private int _looks;

    /// <summary>Whether <paramref name="b"/> is true whenever <paramref name="a"/> is.</summary>
    public bool Holds(Rule ruleA, Condition a, Rule ruleB, Condition b) =>
        Holds(new Side(ruleA, a.Nodes, a.Nodes.Length - 1), new Side(ruleB, b.Nodes, b.Nodes.Length - 1));

    private bool Holds(Side a, Side b)
    {
        if (++_looks > MaxLooks)
            return false;
        switch (b.Node.Op)
        {
            case ConditionOp.And:
                return Holds(a, b.Left) && Holds(a, b.Right);
            case ConditionOp.Recently when a.Node.Op != ConditionOp.Recently && Holds(a, b.Left):
                return true;
        }

        switch (a.Node.Op)
        {
            case ConditionOp.Or:
                return Holds(a.Left, b) && Holds(a.Right, b);
            case ConditionOp.And when Holds(a.Left, b) || Holds(a.Right, b):
                return true;
            case ConditionOp.For when b.Node.Op != ConditionOp.For && Holds(a.Left, b):
                return true;
        }

        return b.Node.Op == ConditionOp.Or
            ? Holds(a, b.Left) || Holds(a, b.Right)
            : a.Node.Op == b.Node.Op && HoldsAlike(a, b);
    }

    /// <summary>Of two nodes of the same kind.</summary>
    private bool HoldsAlike(Side a, Side b) => a.Node.Op switch
    {
        ConditionOp.For => a.Node.Amount >= b.Node.Amount && Holds(a.Left, b.Left),
        ConditionOp.Recently => a.Node.Amount <= b.Node.Amount && Holds(a.Left, b.Left),
        ConditionOp.Not => Holds(b.Left, a.Left),
        ConditionOp.Exists => IsSameGroup(a, b),
        ConditionOp.Any or ConditionOp.All => IsSamePattern(a, b) && Holds(a.Body, b.Body),
        ConditionOp.Compare => IsSameValue(a.Left, b.Left) && IsNarrower(a, b),
        _ => false,
    };

    /// <summary>Whether what a comparison leaves lies within what another one of the same value leaves.</summary>
    private static bool IsNarrower(Side a, Side b)
    {
        if (!IsComparable(a.Right, b.Right))
            return IsSameValue(a.Right, b.Right) && a.Node.Comparison == b.Node.Comparison;
        long left = a.Right.Node.Amount;
        long right = b.Right.Node.Amount;
        return (a.Node.Comparison, b.Node.Comparison) switch
        {
            (Comparison.Less, Comparison.Less or Comparison.LessOrEqual) => left <= right,
            (Comparison.LessOrEqual, Comparison.Less) => left < right,
            (Comparison.LessOrEqual, Comparison.LessOrEqual) => left <= right,
            (Comparison.Greater, Comparison.Greater or Comparison.GreaterOrEqual) => left >= right,
            (Comparison.GreaterOrEqual, Comparison.Greater) => left > right,
            (Comparison.GreaterOrEqual, Comparison.GreaterOrEqual) => left >= right,
            (Comparison.Equal, Comparison.Equal) or (Comparison.NotEqual, Comparison.NotEqual) => left == right,
            _ => false,
        };
    }

    /// <summary>Two numbers, or two shares of the same value.</summary>
    private static bool IsComparable(Side a, Side b) =>
        a.Node.Op == b.Node.Op && a.Node.Unit == b.Node.Unit && a.Node.Op switch
        {
            ConditionOp.Number => true,
            ConditionOp.Share => a.Node.OfBase == b.Node.OfBase && IsSameValue(a.Left, b.Left),
            _ => false,
        };

    private static bool IsSameValue(Side a, Side b)
    {
        if (a.Node.Op != b.Node.Op)
            return false;
        return a.Node.Op switch
        {
            ConditionOp.Metric => a.Node.Operand.Metric.Name == b.Node.Operand.Metric.Name
                && a.Node.Operand.OfHost == b.Node.Operand.OfHost,
            ConditionOp.Number => a.Node.Amount == b.Node.Amount && a.Node.Unit == b.Node.Unit,
            ConditionOp.Share => a.Node.Amount == b.Node.Amount && a.Node.OfBase == b.Node.OfBase
                && IsSameValue(a.Left, b.Left),
            ConditionOp.Count or ConditionOp.MaxOf or ConditionOp.MinOf or ConditionOp.SumOf => IsSameGroup(a, b),
            _ => false,
        };
    }

    private static bool IsSamePattern(Side a, Side b) => a.Group.Pattern.Text == b.Group.Pattern.Text;

    private static bool IsSameGroup(Side a, Side b) =>
        IsSamePattern(a, b) && a.Group.Body?.Text == b.Group.Body?.Text;

    /// <summary>A part of a rule's condition.</summary>
    private readonly record struct Side(Rule Rule, ConditionNode[] Nodes, int Index)
    {
        public ConditionNode Node => Nodes[Index];

        public Side Left => this with { Index = Node.Left };

        public Side Right => this with { Index = Node.Right };

        public ConditionGroup Group => Rule.Groups[Node.Group];

        public Side Body => this with { Nodes = Group.Body!.Nodes, Index = Group.Body.Nodes.Length - 1 };
    }
}
