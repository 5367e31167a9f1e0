using System.Collections.Generic;

namespace PressureD.Core.Policy.Expressions;

/// <summary>Checks the names and units of a rule's conditions and turns them into arrays of nodes.</summary>
internal sealed class ConditionCompiler
{
    /// <summary>More than any condition a person can follow; bounds the work of a step.</summary>
    public const int MaxNodes = 256;

    /// <summary>Trouble that has lasted longer has been noticed by other means.</summary>
    private const long LongHoldUsec = 600_000_000;

    private readonly bool _hasMatch;
    private readonly MetricSlots _hostSlots;
    private readonly DiagnosticBag _diagnostics;
    private readonly MetricSlots _matchSlots = new();
    private readonly List<MetricOperand> _baselines = [];
    private List<ConditionNode> _nodes = [];
    private SourceText _source = new("", default(SourcePosition));
    private bool _failed;

    public ConditionCompiler(bool hasMatch, MetricSlots hostSlots, DiagnosticBag diagnostics)
    {
        _hasMatch = hasMatch;
        _hostSlots = hostSlots;
        _diagnostics = diagnostics;
    }

    public int TimerCount { get; private set; }

    public int BaselineCount => _baselines.Count;

    public Metric[] MatchMetrics => _matchSlots.ToArray();

    /// <summary>Compiles one condition; timers and baselines are counted on from those compiled before.</summary>
    public Condition? Compile(ParsedCondition parsed)
    {
        _source = parsed.Source;
        _nodes = [];
        _failed = false;
        Emit(parsed.Root);
        if (!_failed && _nodes.Count > MaxNodes)
            Fail(0, $"the condition has {_nodes.Count} parts, expected at most {MaxNodes}");
        return _failed ? null : new Condition { Nodes = _nodes.ToArray(), Text = ExpressionText.Of(parsed.Root) };
    }

    private int Emit(Expression expression)
    {
        switch (expression)
        {
            case LogicalExpression logical:
                int left = Emit(logical.Parts[0]);
                for (int i = 1; i < logical.Parts.Length; i++)
                {
                    int right = Emit(logical.Parts[i]);
                    left = Add(new ConditionNode
                    {
                        Op = logical.IsAnd ? ConditionOp.And : ConditionOp.Or,
                        Left = left,
                        Right = right,
                        BaselineIndex = -1,
                    });
                }

                return left;
            case NotExpression not:
                return Add(new ConditionNode { Op = ConditionOp.Not, Left = Emit(not.Operand), BaselineIndex = -1 });
            case HoldExpression hold:
                return EmitHold(hold);
            case ComparisonExpression comparison:
                return EmitComparison(comparison);
            default:
                return Fail(
                    expression.Start, "a value cannot stand alone, expected a comparison such as mem.available < 10%");
        }
    }

    private int EmitHold(HoldExpression hold)
    {
        int operand = Emit(hold.Operand);
        NumberExpression duration = hold.Duration;
        if (NumberText.Read(duration.Number, duration.Unit, UnitKind.Duration, out long holdUsec) is { } wrong)
            return Fail(duration.Start, $"{Quoted.Of(duration.Text)} {wrong}");
        if (holdUsec == 0)
            return Fail(duration.Start, $"'for {duration.Text}' holds at once, expected a longer time or no 'for'");
        if (holdUsec > LongHoldUsec)
            Warn(duration.Start, $"'for {duration.Text}' waits for more than 10 min while the machine suffers");
        return Add(new ConditionNode
        {
            Op = ConditionOp.For,
            Left = operand,
            HoldUsec = holdUsec,
            TimerIndex = TimerCount++,
            BaselineIndex = -1,
        });
    }

    private int EmitComparison(ComparisonExpression written)
    {
        (Expression left, Expression right) = (written.Left, written.Right);
        Comparison comparison = written.Comparison;
        if (left is NumberExpression && right is NameExpression)
        {
            (left, right) = (right, left);
            comparison = ExpressionText.Flip(comparison);
        }

        if (left is not NameExpression name)
            return Fail(left.Start, "two numbers are compared, expected a metric on one side");
        MetricOperand? operand = Resolve(name);
        if (right is NameExpression other)
        {
            if (Resolve(other) is null)
                return 0;
            return Fail(
                other.Start,
                $"{Quoted.Of(other.Name)} is compared with {Quoted.Of(name.Name)}, expected a number with its unit");
        }

        return operand is { } resolved ? EmitCompare(resolved, comparison, (NumberExpression)right, written.Start) : 0;
    }

    private int EmitCompare(MetricOperand operand, Comparison comparison, NumberExpression number, int start)
    {
        Metric metric = operand.Metric;
        MetricOperand? percentBase = null;
        UnitKind kind = KindOf(metric.Unit);
        if (number.Unit == "%" && metric.PercentOf.Length > 0)
        {
            Metric whole = MetricCatalog.Get(metric.PercentOf);
            percentBase = new MetricOperand(whole, true, _hostSlots.SlotOf(whole));
            kind = UnitKind.Percent;
        }

        if (NumberText.Read(number.Number, number.Unit, kind, out long threshold) is { } wrong)
        {
            string or =
                kind == UnitKind.Bytes && metric.PercentOf.Length > 0 ? $" or a percentage of {metric.PercentOf}" : "";
            return Fail(number.Start, $"{Quoted.Of(number.Text)} {Elaborate(wrong, or)} (for {metric.Name})");
        }

        WarnWhenDecided(metric, comparison, threshold, kind == UnitKind.Percent, start);
        MetricOperand? total = metric.AverageSpanUsec > 0 ? TotalOf(operand) : null;
        return Add(new ConditionNode
        {
            Op = ConditionOp.Compare,
            Comparison = comparison,
            Operand = operand,
            Threshold = threshold,
            BaseOperand = percentBase,
            TotalOperand = total,
            BaselineIndex = total is { } sum ? BaselineOf(sum) : -1,
        });
    }

    /// <summary>Puts the other way to write a value before a suggestion, if there is one.</summary>
    private static string Elaborate(string wrong, string or)
    {
        int hint = wrong.IndexOf("; did you mean", System.StringComparison.Ordinal);
        return or.Length == 0 || !wrong.Contains("expected") ? wrong : hint < 0 ? wrong + or : wrong.Insert(hint, or);
    }

    private MetricOperand? Resolve(NameExpression written)
    {
        const string hostPrefix = "host.";
        bool prefixed = written.Name.StartsWith(hostPrefix, System.StringComparison.Ordinal);
        string name = prefixed ? written.Name[hostPrefix.Length..] : written.Name;
        if (MetricCatalog.Find(name) is not { } metric)
        {
            Fail(written.Start, $"unknown metric {Quoted.Of(written.Name)}{Meant(name, prefixed ? hostPrefix : "")}");
            return null;
        }

        if (metric.Scope == MetricScope.Cgroup && (prefixed || !_hasMatch))
        {
            string expected =
                prefixed ? "the name without 'host.'" : "a rule with 'for-each', or a metric of the machine";
            Fail(written.Start, $"'{written.Name}': only a cgroup has {name}, expected {expected}");
            return null;
        }

        bool ofHost = prefixed || metric.Scope == MetricScope.Host || !_hasMatch;
        return new MetricOperand(metric, ofHost, (ofHost ? _hostSlots : _matchSlots).SlotOf(metric));
    }

    private static string Meant(string name, string prefix)
    {
        if (name.ToLowerInvariant() is "nan" or "inf" or "infinity" or "max")
            return ", expected a number with its unit";
        var names = new List<string>(MetricCatalog.All.Count);
        foreach (Metric metric in MetricCatalog.All)
            names.Add(metric.Name);
        return Suggestion.Nearest(name, names) is { } near ? $"; did you mean '{prefix}{near}'?"
            : ", expected one such as mem.available or psi.memory.full.avg10";
    }

    /// <summary>
    /// The total of an average's line: <c>psi.memory.full.avg10</c> → <c>psi.memory.full.total</c>, of the same cgroup.
    /// </summary>
    private MetricOperand TotalOf(MetricOperand average)
    {
        string name = average.Metric.Name;
        Metric total = MetricCatalog.Get(name[..name.LastIndexOf('.')] + ".total");
        return new MetricOperand(total, average.OfHost, (average.OfHost ? _hostSlots : _matchSlots).SlotOf(total));
    }

    private int BaselineOf(MetricOperand total)
    {
        int index = _baselines.IndexOf(total);
        if (index < 0)
        {
            index = _baselines.Count;
            _baselines.Add(total);
        }

        return index;
    }

    private void WarnWhenDecided(Metric metric, Comparison comparison, long threshold, bool share, int start)
    {
        long top = share && !MayExceedItsBase(metric) ? Readers.Quantity.Whole : Readers.Quantity.Unlimited;
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
                $"this comparison is {(never ? "never" : "always")} true: {metric.Name} lies between 0 and {Top(top)}");
    }

    private static string Top(long top) => top == Readers.Quantity.Whole ? "100%" : "any height";

    /// <summary>Promises and limits can be larger than what there is; what is in use cannot.</summary>
    private static bool MayExceedItsBase(Metric metric) => metric.Name is "mem.committed" or "swap.effective"
        or "memory.min" or "memory.low" or "memory.high" or "memory.max" or "memory.swap.max";

    private static UnitKind KindOf(MetricUnit unit) => unit switch
    {
        MetricUnit.Ratio => UnitKind.Percent,
        MetricUnit.Bytes => UnitKind.Bytes,
        MetricUnit.Duration => UnitKind.Duration,
        MetricUnit.BytesPerSecond => UnitKind.BytesPerSecond,
        MetricUnit.CountPerSecond => UnitKind.CountPerSecond,
        _ => UnitKind.None,
    };

    private int Add(ConditionNode node)
    {
        _nodes.Add(node);
        return _nodes.Count - 1;
    }

    private int Fail(int at, string message)
    {
        _failed = true;
        _diagnostics.Error(_source.At(at), message);
        return 0;
    }

    private void Warn(int at, string message) => _diagnostics.Warning(_source.At(at), message);
}
