using System;
using PressureD.Core.Policy;
using PressureD.Core.Readers;

namespace PressureD.Core.Engine;

/// <summary>Evaluates a compiled condition for one match in three-valued logic.</summary>
internal readonly ref struct ConditionEvaluator
{
    /// <summary>Sooner after an act than this, Δtotal says nothing, and the average is still the old one.</summary>
    private const long MinSinceActUsec = 200_000;

    /// <summary>After this many unknown samples in a row, <c>for</c> starts again.</summary>
    private const int UnknownsThatRestart = 2;

    private readonly ReadOnlySpan<long> _host;
    private readonly MatchState _match;
    private readonly long _nowUsec;
    private readonly bool _recheck;
    private readonly bool _atOnce;

    /// <param name="host">The host's values by slot.</param>
    /// <param name="match">Whose timers and baselines are used.</param>
    /// <param name="nowUsec">The time of the values.</param>
    /// <param name="recheck">
    /// True for the look before an act: levels are judged anew, timers keep what the step found and are not moved.
    /// </param>
    public ConditionEvaluator(ReadOnlySpan<long> host, MatchState match, long nowUsec, bool recheck)
        : this(host, match, nowUsec, recheck, atOnce: false)
    {
    }

    private ConditionEvaluator(ReadOnlySpan<long> host, MatchState match, long nowUsec, bool recheck, bool atOnce)
    {
        _host = host;
        _match = match;
        _nowUsec = nowUsec;
        _recheck = recheck;
        _atOnce = atOnce;
    }

    public Truth Evaluate(Condition condition) => Evaluate(condition.Nodes, condition.Nodes.Length - 1);

    /// <summary>
    /// What the condition would say if every <c>for</c> were over: true means that one is being waited for.
    /// </summary>
    public Truth EvaluateAtOnce(Condition condition) =>
        new ConditionEvaluator(_host, _match, _nowUsec, recheck: true, atOnce: true).Evaluate(condition);

    /// <summary>Whether something that the condition compares is not known, whatever the rest of it says.</summary>
    public bool AnyUnknown(Condition condition)
    {
        foreach (ref readonly ConditionNode node in condition.Nodes.AsSpan())
        {
            if (node.Op == ConditionOp.Compare
                && (Read(node.Operand) == Quantity.Unknown || Threshold(node) == Quantity.Unknown))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A comparison's value as it is judged now, after-act rule included.</summary>
    public long Value(in ConditionNode node)
    {
        long value = Read(node.Operand);
        if (node.BaselineIndex < 0 || node.TotalOperand is not { } totalOperand || _match.LastActUsec == 0)
            return value;

        // An average still carries the stall from before the act: avg10 falls by 18 % only in 2 s.
        if (_nowUsec - _match.LastActUsec >= node.Operand.Metric.AverageSpanUsec)
            return value;
        long totalUsec = Read(totalOperand);
        long baselineUsec = _match.BaselineTotalUsec[node.BaselineIndex];
        long elapsedUsec = _nowUsec - _match.BaselineUsec;
        bool known = totalUsec != Quantity.Unknown && baselineUsec != Quantity.Unknown && _match.BaselineUsec != 0;
        if (!known || elapsedUsec < MinSinceActUsec)
            return Quantity.Unknown;
        long stalledUsec = Math.Max(totalUsec - baselineUsec, 0);
        return Math.Min(stalledUsec * Quantity.Whole / elapsedUsec, Quantity.Whole);
    }

    /// <summary>The number a comparison compares with, a percentage resolved; unknown when its base is.</summary>
    public long Threshold(in ConditionNode node)
    {
        if (node.BaseOperand is not { } baseOperand)
            return node.Threshold;
        long whole = Read(baseOperand);
        return whole == Quantity.Unknown ? whole : (long)((Int128)whole * node.Threshold / Quantity.Whole);
    }

    /// <summary>Notes each PSI line's total as the baseline of an act.</summary>
    public void TakeBaselines(Rule rule)
    {
        _match.BaselineUsec = _nowUsec;
        TakeBaselines(rule.When);
        if (rule.Until is { } until)
            TakeBaselines(until);
    }

    private void TakeBaselines(Condition condition)
    {
        foreach (ref readonly ConditionNode node in condition.Nodes.AsSpan())
        {
            if (node.BaselineIndex >= 0 && node.TotalOperand is { } total)
                _match.BaselineTotalUsec[node.BaselineIndex] = Read(total);
        }
    }

    private Truth Evaluate(ConditionNode[] nodes, int index)
    {
        ref readonly ConditionNode node = ref nodes[index];
        switch (node.Op)
        {
            case ConditionOp.Compare:
                return Compare(node);
            case ConditionOp.Not:
                return (Truth)((int)Truth.True - (int)Evaluate(nodes, node.Left));
            case ConditionOp.For:
                return Hold(node, Evaluate(nodes, node.Left));
        }

        // Both sides always run: a timer on the right must move even when the left side decides.
        Truth left = Evaluate(nodes, node.Left);
        Truth right = Evaluate(nodes, node.Right);
        return node.Op == ConditionOp.And
            ? (Truth)Math.Min((int)left, (int)right)
            : (Truth)Math.Max((int)left, (int)right);
    }

    private Truth Compare(in ConditionNode node)
    {
        long value = Value(node);
        long threshold = Threshold(node);
        if (value == Quantity.Unknown || threshold == Quantity.Unknown)
            return Truth.Unknown;

        // Without swap, free swap is 0 B and 0 %: 0 is below 10 % of 0 for whoever asks for "less than 10 %".
        if (node.BaseOperand is not null && threshold == 0 && value == 0 && node.Threshold > 0)
            value = -1;
        bool holds = node.Comparison switch
        {
            Comparison.Less => value < threshold,
            Comparison.LessOrEqual => value <= threshold,
            Comparison.Greater => value > threshold,
            Comparison.GreaterOrEqual => value >= threshold,
            Comparison.Equal => value == threshold,
            _ => value != threshold,
        };
        return holds ? Truth.True : Truth.False;
    }

    private Truth Hold(in ConditionNode node, Truth child)
    {
        if (_atOnce)
            return child;
        ref long sinceUsec = ref _match.TimerSinceUsec[node.TimerIndex];
        if (!_recheck)
            MoveTimer(ref sinceUsec, ref _match.TimerUnknowns[node.TimerIndex], child);

        if (child == Truth.False)
            return Truth.False;
        if (sinceUsec != 0 && _nowUsec - sinceUsec >= node.HoldUsec)
            return child;
        return child == Truth.Unknown ? Truth.Unknown : Truth.False;
    }

    private void MoveTimer(ref long sinceUsec, ref byte unknowns, Truth child)
    {
        switch (child)
        {
            case Truth.True:
                unknowns = 0;
                if (sinceUsec == 0)
                    sinceUsec = Math.Max(_nowUsec, 1);
                break;
            case Truth.Unknown:
                if (++unknowns >= UnknownsThatRestart)
                {
                    unknowns = UnknownsThatRestart;
                    sinceUsec = 0;
                }

                break;
            default:
                unknowns = 0;
                sinceUsec = 0;
                break;
        }
    }

    private long Read(in MetricOperand operand) =>
        operand.OfHost ? _host[operand.Slot] : _match.Values[operand.Slot];
}
