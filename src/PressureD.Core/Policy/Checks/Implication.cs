using System;
using PressureD.Core.Readers;

namespace PressureD.Core.Policy.Checks;

/// <summary>
/// Whether one condition can only be true while another is, and whether one can be true at all. Sound, not complete: it
/// knows about comparisons of the same value with numbers, <c>and</c>, <c>or</c>, <c>not</c>, <c>for</c>,
/// <c>recently</c> and groups, and says no to what it cannot tell.
/// </summary>
/// <param name="machine">
/// What percentages are shares of, so that they can be held against bytes; null where that is not known.
/// </param>
internal sealed class Implication(MachineSize? machine = null)
{
    /// <summary>Looks at so many pairs of nodes altogether: a hostile policy ends in "cannot tell".</summary>
    private const int MaxLooks = 2_000_000;

    private int _looks;

    /// <summary>Whether <paramref name="b"/> is true whenever <paramref name="a"/> is.</summary>
    public bool Holds(Rule ruleA, Condition a, Rule ruleB, Condition b) =>
        Holds(new Side(ruleA, a), new Side(ruleB, b));

    /// <summary>Why a condition can never be true: what it asks for excludes each other. Null when it may be.</summary>
    public Contradiction? WhyNever(Rule rule, Condition condition) => WhyNever(new Side(rule, condition));

    /// <summary>The same of one side of an <c>or</c>.</summary>
    public Contradiction? DeadPart(Rule rule, Condition condition) => DeadPart(new Side(rule, condition));

    private Contradiction? WhyNever(Side a)
    {
        switch (a.Node.Op)
        {
            case ConditionOp.And:
                return WhyNever(a.Left) ?? WhyNever(a.Right) ?? Exclude(a.Left, a.Right);
            case ConditionOp.Or:
                Contradiction? left = WhyNever(a.Left);
                return left is not null && WhyNever(a.Right) is not null ? left : null;
            case ConditionOp.For or ConditionOp.Recently:
                return WhyNever(a.Left);
            case ConditionOp.Any or ConditionOp.All:
                return WhyNever(a.Body);
            case ConditionOp.Compare when IsBeyondMachine(a):
                return new Contradiction(a.Place, null)
                {
                    HasShares = a.Left.Node.Operand.Metric.PercentOf.Length > 0,
                };
            default:
                return null;
        }
    }

    private Contradiction? DeadPart(Side a) => a.Node.Op switch
    {
        ConditionOp.And => DeadPart(a.Left) ?? DeadPart(a.Right),
        ConditionOp.Or => WhyNever(a.Left) ?? WhyNever(a.Right) ?? DeadPart(a.Left) ?? DeadPart(a.Right),
        ConditionOp.For or ConditionOp.Recently => DeadPart(a.Left),
        ConditionOp.Any or ConditionOp.All => DeadPart(a.Body),
        _ => null,
    };

    /// <summary>What keeps two conditions from ever being true at the same time; null when they may be.</summary>
    private Contradiction? Exclude(Side a, Side b)
    {
        if (++_looks > MaxLooks)
            return null;

        // What was true recently need not be now.
        switch (a.Node.Op, b.Node.Op)
        {
            case (ConditionOp.And, _):
                return Exclude(a.Left, b) ?? Exclude(a.Right, b);
            case (_, ConditionOp.And):
                return Exclude(a, b.Left) ?? Exclude(a, b.Right);
            case (ConditionOp.Or, _):
                return Exclude(a.Left, b) is { } first && Exclude(a.Right, b) is not null ? first : null;
            case (_, ConditionOp.Or):
                return Exclude(a, b.Left) is { } one && Exclude(a, b.Right) is not null ? one : null;
            case (ConditionOp.For, _):
                return Exclude(a.Left, b);
            case (_, ConditionOp.For):
                return Exclude(a, b.Left);
            case (ConditionOp.Not, _):
                return Holds(b, a.Left) ? new Contradiction(a.Place, b.Place) : null;
            case (_, ConditionOp.Not):
                return Holds(a, b.Left) ? new Contradiction(a.Place, b.Place) : null;
            case (ConditionOp.Compare, ConditionOp.Compare):
                return AreApart(a, b) ? new Contradiction(a.Place, b.Place) : null;
            default:
                return null;
        }
    }

    /// <summary>Whether no value makes both comparisons true.</summary>
    private bool AreApart(Side a, Side b)
    {
        bool areComplements = AreComplements(a.Left, b.Left);
        if (!areComplements && !IsSameValue(a.Left, b.Left))
            return false;
        if (!TryLimits(a, b, out long limitA, out long limitB, out long whole))
            return false;
        (long leastA, long mostA) = RangeOf(a, limitA);
        (long leastB, long mostB) = RangeOf(b, limitB);
        if (!areComplements)
            return mostA < leastB || mostB < leastA;

        // What one of them leaves is the other's, but for the rounding of shares.
        long slack = whole == Quantity.Whole ? 2 : 0;
        return whole > 0 && ((Int128)leastA + leastB > (Int128)whole + slack || (Int128)mostA + mostB < whole - slack);
    }

    /// <summary>Whether two values make up the whole together: swap is used or free.</summary>
    private static bool AreComplements(Side a, Side b) =>
        a.Node.Op == ConditionOp.Metric && b.Node.Op == ConditionOp.Metric
        && (a.Node.Operand.Metric.Name, b.Node.Operand.Metric.Name)
            is ("swap.used", "swap.free") or ("swap.free", "swap.used");

    /// <summary>Whether a comparison asks for more of something than this machine has in all.</summary>
    private bool IsBeyondMachine(Side a)
    {
        if (machine is not { } size || a.Left.Node.Op != ConditionOp.Metric)
            return false;
        Metric metric = a.Left.Node.Operand.Metric;
        long total = TotalOf(metric.PercentOf.Length > 0 ? metric.PercentOf : metric.Name, size);
        if (total <= 0 || metric.MayExceedBase || metric.Scope != MetricScope.Host)
            return false;
        return a.Right.Node is { Op: ConditionOp.Number, Unit: MetricUnit.Bytes } limit
            && RangeOf(a, limit.Amount).Least > total;
    }

    /// <summary>The numbers that make a comparison true; all of them for "not equal".</summary>
    private static (long Least, long Most) RangeOf(Side side, long limit) => side.Node.Comparison switch
    {
        Comparison.Less => (long.MinValue, limit - 1),
        Comparison.LessOrEqual => (long.MinValue, limit),
        Comparison.Greater => (limit + 1, long.MaxValue),
        Comparison.GreaterOrEqual => (limit, long.MaxValue),
        Comparison.Equal => (limit, limit),
        _ => (long.MinValue, long.MaxValue),
    };

    /// <summary>
    /// The numbers that two comparisons compare with, if they are of one kind: as written, or in bytes of this machine.
    /// </summary>
    /// <param name="a">One.</param>
    /// <param name="b">The other.</param>
    /// <param name="limitA">Its number.</param>
    /// <param name="limitB">The other's.</param>
    /// <param name="whole">The most that there is of what they compare; 0 when it is not known.</param>
    private bool TryLimits(Side a, Side b, out long limitA, out long limitB, out long whole)
    {
        limitA = limitB = whole = 0;
        if (machine is { } size && a.Left.Node.Op == ConditionOp.Metric
            && TryBytes(a.Right, size, out limitA) && TryBytes(b.Right, size, out limitB))
        {
            whole = TotalOf(a.Left.Node.Operand.Metric.PercentOf, size);
            return true;
        }

        if (!IsComparable(a.Right, b.Right))
            return false;
        limitA = a.Right.Node.Amount;
        limitB = b.Right.Node.Amount;
        whole = a.Right.Node.OfBase ? Quantity.Whole : 0;
        return true;
    }

    private static bool TryBytes(Side side, MachineSize size, out long bytes)
    {
        bytes = side.Node.Amount;
        if (side.Node is { Op: ConditionOp.Number, Unit: MetricUnit.Bytes })
            return true;
        if (side.Node is not { Op: ConditionOp.Share, OfBase: true })
            return false;

        // Of nothing, 0 is less than a share.
        bytes = Quantity.Scale(
            TotalOf(side.Left.Node.Operand.Metric.Name, size), Math.Max(side.Node.Amount, 0), Quantity.Whole);
        return bytes > 0;
    }

    /// <summary>0 or less when it is not known or there is none.</summary>
    private static long TotalOf(string whole, MachineSize size) => whole switch
    {
        "mem.total" => size.MemTotalBytes,
        "swap.total" => size.SwapTotalBytes,
        _ => 0,
    };

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
    private bool IsNarrower(Side a, Side b)
    {
        if (!TryLimits(a, b, out long left, out long right, out _))
            return IsSameValue(a.Right, b.Right) && a.Node.Comparison == b.Node.Comparison;
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
    private readonly record struct Side(Rule Rule, Condition Condition, int Index)
    {
        public Side(Rule rule, Condition condition)
            : this(rule, condition, condition.Nodes.Length - 1)
        {
        }

        public ConditionNode Node => Condition.Nodes[Index];

        public Side Left => this with { Index = Node.Left };

        public Side Right => this with { Index = Node.Right };

        public ConditionGroup Group => Rule.Groups[Node.Group];

        public Side Body => new(Rule, Group.Body!);

        /// <summary>Of the first comparison in it.</summary>
        public ConditionPlace Place => Condition.Places[Index] ?? Left.Place;
    }
}
