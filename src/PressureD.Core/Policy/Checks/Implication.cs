namespace PressureD.Core.Policy.Checks;

/// <summary>
/// Whether one condition can only be true while another is, and whether one can be true at all. Sound, not complete: it
/// knows about comparisons of the same value with numbers, <c>and</c>, <c>or</c>, <c>not</c>, <c>for</c>,
/// <c>recently</c> and groups, and says no to what it cannot tell.
/// </summary>
internal sealed class Implication
{
    /// <summary>Looks at so many pairs of nodes altogether: a hostile policy ends in "cannot tell".</summary>
    private const int MaxLooks = 2_000_000;

    private int _looks;

    /// <summary>Whether <paramref name="b"/> is true whenever <paramref name="a"/> is.</summary>
    public bool Holds(Rule ruleA, Condition a, Rule ruleB, Condition b) =>
        Holds(new Side(ruleA, a.Nodes, a.Nodes.Length - 1), new Side(ruleB, b.Nodes, b.Nodes.Length - 1));

    /// <summary>Whether a condition can never be true, because it asks for things that exclude each other.</summary>
    public bool NeverHolds(Rule rule, Condition condition) =>
        NeverHolds(new Side(rule, condition.Nodes, condition.Nodes.Length - 1));

    /// <summary>Whether that is so of one side of an <c>or</c>.</summary>
    public bool HasDeadPart(Rule rule, Condition condition) =>
        HasDeadPart(new Side(rule, condition.Nodes, condition.Nodes.Length - 1));

    private bool NeverHolds(Side a) => a.Node.Op switch
    {
        ConditionOp.And => NeverHolds(a.Left) || NeverHolds(a.Right) || Exclude(a.Left, a.Right),
        ConditionOp.Or => NeverHolds(a.Left) && NeverHolds(a.Right),
        ConditionOp.For or ConditionOp.Recently => NeverHolds(a.Left),
        ConditionOp.Any or ConditionOp.All => NeverHolds(a.Body),
        _ => false,
    };

    private bool HasDeadPart(Side a) => a.Node.Op switch
    {
        ConditionOp.And => HasDeadPart(a.Left) || HasDeadPart(a.Right),
        ConditionOp.Or => NeverHolds(a.Left) || NeverHolds(a.Right) || HasDeadPart(a.Left) || HasDeadPart(a.Right),
        ConditionOp.For or ConditionOp.Recently => HasDeadPart(a.Left),
        ConditionOp.Any or ConditionOp.All => HasDeadPart(a.Body),
        _ => false,
    };

    /// <summary>Whether two conditions are never true at the same time.</summary>
    private bool Exclude(Side a, Side b)
    {
        if (++_looks > MaxLooks)
            return false;

        // What was true recently need not be now.
        return (a.Node.Op, b.Node.Op) switch
        {
            (ConditionOp.And, _) => Exclude(a.Left, b) || Exclude(a.Right, b),
            (_, ConditionOp.And) => Exclude(a, b.Left) || Exclude(a, b.Right),
            (ConditionOp.Or, _) => Exclude(a.Left, b) && Exclude(a.Right, b),
            (_, ConditionOp.Or) => Exclude(a, b.Left) && Exclude(a, b.Right),
            (ConditionOp.For, _) => Exclude(a.Left, b),
            (_, ConditionOp.For) => Exclude(a, b.Left),
            (ConditionOp.Not, _) => Holds(b, a.Left),
            (_, ConditionOp.Not) => Holds(a, b.Left),
            (ConditionOp.Compare, ConditionOp.Compare) =>
                IsSameValue(a.Left, b.Left) && IsComparable(a.Right, b.Right) && AreApart(a, b),
            _ => false,
        };
    }

    /// <summary>Whether no number is on both sides of what two comparisons of the same value ask for.</summary>
    private static bool AreApart(Side a, Side b)
    {
        (long leastA, long mostA) = RangeOf(a);
        (long leastB, long mostB) = RangeOf(b);
        return mostA < leastB || mostB < leastA;
    }

    /// <summary>The numbers that make a comparison true; all of them for "not equal".</summary>
    private static (long Least, long Most) RangeOf(Side side)
    {
        long limit = side.Right.Node.Amount;
        return side.Node.Comparison switch
        {
            Comparison.Less => (long.MinValue, limit - 1),
            Comparison.LessOrEqual => (long.MinValue, limit),
            Comparison.Greater => (limit + 1, long.MaxValue),
            Comparison.GreaterOrEqual => (limit, long.MaxValue),
            Comparison.Equal => (limit, limit),
            _ => (long.MinValue, long.MaxValue),
        };
    }

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
