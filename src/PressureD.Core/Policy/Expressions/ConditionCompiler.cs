using System.Collections.Generic;

namespace PressureD.Core.Policy.Expressions;

/// <summary>Checks the names and units of a rule's conditions and turns them into arrays of nodes.</summary>
internal sealed partial class ConditionCompiler
{
    /// <summary>More than any condition a person can follow; bounds the work of a step.</summary>
    public const int MaxNodes = 512;

    /// <summary>Trouble that has lasted longer has been noticed by other means.</summary>
    private const long LongHoldUsec = 600_000_000;

    private readonly MetricSlots _hostSlots;
    private readonly MetricSlots _cgroupSlots;
    private readonly DiagnosticBag _diagnostics;
    private readonly ConditionScope _rule;
    private readonly List<ConditionGroup> _groups = [];
    private ConditionScope _scope;
    private SourceText _source = new("", default(SourcePosition));
    private int _groupNodes;
    private bool _failed;

    public ConditionCompiler(
        bool hasMatch, MetricSlots hostSlots, MetricSlots cgroupSlots, DiagnosticBag diagnostics)
    {
        _hostSlots = hostSlots;
        _cgroupSlots = cgroupSlots;
        _diagnostics = diagnostics;
        _scope = _rule = new ConditionScope(hasMatch, isGroup: false);
    }

    public int StateCount => _rule.StateCount;

    public int TimerCount => _rule.TimerCount;

    public bool HasHold => _rule.HasHold;

    public Metric[] MatchMetrics => _rule.Metrics.ToArray();

    public int[] MatchSlots => _rule.Slots.ToArray();

    public ConditionGroup[] Groups => _groups.ToArray();

    /// <summary>What is asked of a group's cgroups.</summary>
    public Metric[] MetricsOf(ConditionGroup group) =>
        System.Array.ConvertAll(group.Slots, slot => _cgroupSlots.ToArray()[slot]);

    /// <summary>Compiles one condition; what is remembered is counted on from those compiled before.</summary>
    public Condition? Compile(ParsedCondition parsed)
    {
        _source = parsed.Source;
        _rule.Begin();
        _groupNodes = 0;
        _failed = parsed.HasErrors;
        EmitTruth(parsed.Root);
        int count = _rule.Nodes.Count + _groupNodes;
        if (!_failed && count > MaxNodes)
            Fail(0, $"the condition has {count} parts, expected at most {MaxNodes}: make two rules of it");
        return _failed ? null : _rule.ToCondition(ExpressionText.Of(parsed.Root));
    }

    private int EmitTruth(Expression expression)
    {
        switch (expression)
        {
            case LogicalExpression logical:
                int left = EmitTruth(logical.Parts[0]);
                for (int i = 1; i < logical.Parts.Length; i++)
                {
                    int right = EmitTruth(logical.Parts[i]);
                    left = Add(new ConditionNode
                    {
                        Op = logical.IsAnd ? ConditionOp.And : ConditionOp.Or,
                        Left = left,
                        Right = right,
                    });
                }

                return left;
            case NotExpression not:
                return Add(new ConditionNode { Op = ConditionOp.Not, Left = EmitTruth(not.Operand) }, not);
            case HoldExpression hold:
                return EmitHold(hold);
            case ComparisonExpression comparison:
                return EmitComparison(comparison);
            case CallExpression call:
                return EmitTruthCall(call);
            case MisreadExpression:
                return -1;
            default:
                if (expression is NameExpression or ShareExpression)
                    EmitValue(expression);
                return Fail(
                    expression.Start,
                    $"{Quoted.Of(ExpressionText.Of(expression))} is a value and cannot stand alone, expected a "
                    + "comparison such as mem.available < 10%");
        }
    }

    private int EmitHold(HoldExpression hold)
    {
        int operand = EmitTruth(hold.Operand);
        NumberExpression duration = hold.Duration;
        if (NumberText.Read(duration.Number, duration.Unit, UnitKind.Duration, out long holdUsec) is { } wrong)
            return Fail(duration.Start, $"{Quoted.Of(duration.Text)} {wrong}");
        if (holdUsec == 0)
            return Fail(duration.Start, $"'for {duration.Text}' holds at once, expected a longer time or no 'for'");
        if (holdUsec > LongHoldUsec)
            Warn(
                duration.Start,
                $"'for {duration.Text}' waits for more than 10 min while the machine suffers, expected less");
        _scope.HasHold = true;
        return Add(new ConditionNode
        {
            Op = ConditionOp.For,
            Left = operand,
            Amount = holdUsec,
            StateIndex = _scope.NewState(),
            TimerIndex = _scope.NewTimer(),
        });
    }

    private int EmitComparison(ComparisonExpression written)
    {
        (Expression left, Expression right) = (written.Left, written.Right);
        Comparison comparison = written.Comparison;
        if (ExpressionText.IsTurned(written))
        {
            (left, right) = (right, left);
            comparison = ExpressionText.Flip(comparison);
        }

        if (left is NumberExpression)
            return Fail(left.Start, "two numbers are compared, expected a metric on one side");
        int value = EmitValue(left);
        if (value < 0)
        {
            // What else is wrong is said as well.
            if (right is NumberExpression amount)
                CheckUnit(amount);
            else
                EmitValue(right);
            return -1;
        }

        int other = right is NumberExpression number
            ? EmitNumber(value, left, comparison, number, written.Start)
            : EmitOther(value, left, right);
        return other < 0 ? -1 : AddCompare(value, comparison, other, written);
    }

    private int AddCompare(int left, Comparison comparison, int right, Expression written) => Add(
        new ConditionNode
        {
            Op = ConditionOp.Compare,
            Left = left,
            Comparison = comparison,
            Right = right,
            StateIndex = _scope.NewState(),
        },
        written);

    /// <summary>The right side of a comparison with another value, which must be of the same unit.</summary>
    private int EmitOther(int value, Expression left, Expression right)
    {
        MetricUnit unit = _scope.Nodes[value].Unit;
        int other = EmitValue(right);
        if (other < 0 || _scope.Nodes[other].Unit == unit)
            return other;
        return Fail(
            right.Start,
            $"{Quoted.Of(ExpressionText.Of(right))} is {Noun(_scope.Nodes[other].Unit)} and "
            + $"{Quoted.Of(ExpressionText.Of(left))} {Noun(unit)}, expected two values of the same unit");
    }

    /// <summary>The number on the right side: of the value's unit, or a percentage of its base.</summary>
    private int EmitNumber(int value, Expression left, Comparison comparison, NumberExpression number, int start)
    {
        MetricUnit unit = _scope.Nodes[value].Unit;
        Metric? metric = MetricBehind(value);
        string percentOf = metric is null ? "" : metric.PercentOf;
        UnitKind kind = UnitTable.KindOf(unit);
        bool ofBase = percentOf.Length > 0
            && (number.Unit == "%" || UnitTable.Nearest(number.Unit, UnitKind.Percent) is not null);
        if (ofBase)
            kind = UnitKind.Percent;
        string or = kind == UnitKind.Bytes && percentOf.Length > 0 ? $" or a percentage of {percentOf}" : "";
        if (NumberText.Read(number.Number, number.Unit, kind, out long amount, or: or) is { } wrong)
            return Fail(number.Start, $"{Quoted.Of(number.Text)} {wrong} (for {ExpressionText.Of(left)})");

        if (metric is not null)
            WarnWhenDecided(metric, comparison, amount, kind == UnitKind.Percent, start);
        return ofBase ? AddShare(MetricCatalog.Get(percentOf), amount) : AddNumber(amount, unit);
    }

    /// <summary>Of a number that is compared with nobody knows what: whether there is such a unit at all.</summary>
    private void CheckUnit(NumberExpression number)
    {
        if (UnitTable.TryFind(number.Unit, out _, out _))
            return;
        UnitKind meant = UnitKind.Bytes;
        foreach (UnitKind kind in System.Enum.GetValues<UnitKind>())
        {
            if (UnitTable.Nearest(number.Unit, kind) is null)
                continue;
            meant = kind;
            break;
        }

        Fail(
            number.Start,
            $"{Quoted.Of(number.Text)} {NumberText.Read(number.Number, number.Unit, meant, out _)}");
    }

    private int AddNumber(long amount, MetricUnit unit) =>
        Add(new ConditionNode { Op = ConditionOp.Number, Amount = amount, Unit = unit });

    /// <summary>A plain percentage: a share of one of the machine's totals.</summary>
    private int AddShare(Metric whole, long millionths)
    {
        int left = Add(new ConditionNode
        {
            Op = ConditionOp.Metric,
            Operand = new MetricOperand(whole, true, _hostSlots.SlotOf(whole)),
            Unit = whole.Unit,
        });
        return Add(new ConditionNode
        {
            Op = ConditionOp.Share,
            Left = left,
            Amount = millionths,
            Unit = whole.Unit,
            OfBase = true,
        });
    }

    /// <summary>The metric that a value is one of: itself, or that of a group's cgroups.</summary>
    private Metric? MetricBehind(int value)
    {
        ConditionNode node = _scope.Nodes[value];
        return node.Op switch
        {
            ConditionOp.Metric => node.Operand.Metric,
            ConditionOp.MaxOf or ConditionOp.MinOf or ConditionOp.SumOf =>
                _groups[node.Group].Body!.Nodes[^1] is { Op: ConditionOp.Metric } body ? body.Operand.Metric : null,
            _ => null,
        };
    }

    private void WarnWhenDecided(Metric metric, Comparison comparison, long threshold, bool share, int start)
    {
        // What changes can fall as well as rise.
        if (metric.Window is { Function: WindowFunction.Rate or WindowFunction.Delta })
            return;
        long top = share && !metric.MayExceedBase ? Readers.Quantity.Whole : Readers.Quantity.Unlimited;
        (bool never, bool always) = comparison switch
        {
            Comparison.Less => (threshold <= 0, threshold > top),
            Comparison.LessOrEqual => (false, threshold >= top),
            Comparison.Greater => (threshold >= top, false),
            Comparison.GreaterOrEqual => (threshold > top, threshold <= 0),
            Comparison.Equal => (threshold > top, false),
            _ => (false, threshold > top),
        };
        if (never || always)
            Warn(
                start,
                $"this comparison is {(never ? "never" : "always")} true: {metric.Name} lies between 0 and {Top(top)}, "
                + "expected a number between them");
    }

    private static string Top(long top) => top == Readers.Quantity.Whole ? "100%" : "any height";

    private static string Noun(MetricUnit unit) => unit switch
    {
        MetricUnit.Ratio => "a share",
        MetricUnit.Bytes => "a size",
        MetricUnit.Duration => "a time",
        MetricUnit.BytesPerSecond => "a speed in bytes",
        MetricUnit.CountPerSecond => "a rate",
        _ => "a plain number",
    };

    /// <param name="node">It.</param>
    /// <param name="written">What it was, for those that messages name.</param>
    private int Add(ConditionNode node, Expression? written = null) => _scope.Add(
        node,
        written is null ? null : new ConditionPlace(_source.At(written.Start), ExpressionText.Of(written)));

    private int Fail(int at, string message)
    {
        _failed = true;
        _diagnostics.Error(_source.At(at), message);
        return -1;
    }

    private void Warn(int at, string message) => _diagnostics.Warning(_source.At(at), message);
}
