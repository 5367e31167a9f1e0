using System;
using PressureD.Core.Cgroups;
using PressureD.Core.Policy;
using PressureD.Core.Readers;

namespace PressureD.Core.Engine;

/// <summary>Evaluates a compiled condition for a match or a cgroup of a group, in three-valued logic.</summary>
internal ref struct ConditionEvaluator
{
    /// <summary>Sooner after an act than this, Δtotal says nothing, and the average is still the old one.</summary>
    private const long MinSinceActUsec = 200_000;

    /// <summary>After this many unknown samples in a row, <c>for</c> starts again.</summary>
    private const int UnknownsThatRestart = 2;

    /// <summary>Below a time that is remembered: the number of unknown samples, or a truth.</summary>
    private const int StateBits = 2;
    private const long StateMask = (1 << StateBits) - 1;

    private readonly ReadOnlySpan<long> _host;
    private readonly ReadOnlySpan<long> _own;
    private readonly CgroupSlot? _cgroup;
    private readonly SubjectState? _subject;
    private readonly Span<long> _memory;
    private readonly ReadOnlySpan<GroupRuntime> _groups;
    private readonly long _lastActUsec;
    private readonly long _nowUsec;
    private readonly bool _recheck;
    private readonly bool _atOnce;
    private readonly bool _sleeps;

    /// <param name="host">The host's values by slot.</param>
    /// <param name="match">Whose memory is used.</param>
    /// <param name="nowUsec">The time of the values.</param>
    /// <param name="recheck">
    /// True for the look before an act: levels are judged anew, timers keep what the step found and are not moved.
    /// </param>
    public ConditionEvaluator(ReadOnlySpan<long> host, MatchState match, long nowUsec, bool recheck)
        : this(host, match, match.LastActUsec, match.Groups, nowUsec, recheck)
    {
    }

    /// <param name="host">The host's values by slot.</param>
    /// <param name="subject">Whose memory is used.</param>
    /// <param name="lastActUsec">When the rule last acted; 0 when never.</param>
    /// <param name="groups">The rule's groups; none within one.</param>
    /// <param name="nowUsec">The time of the values.</param>
    /// <param name="recheck">See above.</param>
    /// <param name="atOnce">Whether every <c>for</c> counts as over.</param>
    public ConditionEvaluator(
        ReadOnlySpan<long> host,
        SubjectState subject,
        long lastActUsec,
        ReadOnlySpan<GroupRuntime> groups,
        long nowUsec,
        bool recheck,
        bool atOnce = false)
    {
        _host = host;
        _own = subject.Values;
        _cgroup = subject.Cgroup;
        _subject = subject;
        _memory = subject.Memory;
        _lastActUsec = lastActUsec;
        _groups = groups;
        _nowUsec = nowUsec;
        _recheck = recheck;
        _atOnce = atOnce;
    }

    /// <param name="host">The host's values by slot.</param>
    /// <param name="asleep">The rule's matches of which one is meant.</param>
    /// <param name="row">Which; of it nothing is remembered but what decides.</param>
    /// <param name="groups">The rule's groups.</param>
    /// <param name="nowUsec">The time of the values.</param>
    public ConditionEvaluator(
        ReadOnlySpan<long> host, SleepingMatches asleep, int row, ReadOnlySpan<GroupRuntime> groups, long nowUsec)
    {
        _host = host;
        _own = asleep.Values(row);
        _cgroup = asleep.Cgroup(row);
        _memory = asleep.Timers(row);
        _sleeps = true;
        _groups = groups;
        _nowUsec = nowUsec;
    }

    private ConditionEvaluator(in ConditionEvaluator other, bool atOnce)
    {
        this = other;
        _recheck = true;
        _atOnce = atOnce;
    }

    /// <summary>
    /// Whether something that was compared so far is not known, whatever the rest of the condition says of it.
    /// </summary>
    public bool SawUnknown { get; private set; }

    public Truth Evaluate(Condition condition) => Evaluate(condition.Nodes, condition.Nodes.Length - 1);

    /// <summary>The value of a group's body.</summary>
    public long ValueOf(Condition body)
    {
        long value = Value(body.Nodes, body.Nodes.Length - 1);
        SawUnknown |= IsUnreadable(body.Nodes, body.Nodes.Length - 1);
        return value;
    }

    /// <summary>
    /// What the condition would say if every <c>for</c> were over: true means that one is being waited for.
    /// </summary>
    public readonly Truth EvaluateAtOnce(Condition condition) =>
        new ConditionEvaluator(this, atOnce: true).Evaluate(condition);

    /// <summary>A value as it is judged now, after-act rule included.</summary>
    public readonly long Value(ConditionNode[] nodes, int index)
    {
        ref readonly ConditionNode node = ref nodes[index];
        switch (node.Op)
        {
            case ConditionOp.Metric:
                return Metric(node);
            case ConditionOp.Number:
                return node.Amount;
            case ConditionOp.Share:
                return Share(Value(nodes, node.Left), node.Amount);
            case ConditionOp.Count:
                return Group(node.Group).Count(_cgroup, _atOnce, _host, _nowUsec, out _, out _);
            default:
                return Group(node.Group).Combine(node.Op, _cgroup);
        }
    }

    /// <summary>The truth of any one node as it is now, without moving what it remembers.</summary>
    public Truth TruthOf(ConditionNode[] nodes, int index) => Evaluate(nodes, index);

    /// <summary>Since when a leaf has had its truth, or a <c>for</c> runs; 0 when that is not known.</summary>
    public readonly long SinceUsec(in ConditionNode node) => _memory[node.StateIndex] >> StateBits;

    /// <summary>The truth that it has had since then.</summary>
    public readonly Truth RememberedTruth(in ConditionNode node) => (Truth)(_memory[node.StateIndex] & StateMask);

    /// <summary>A group by its index.</summary>
    public readonly GroupRuntime Group(int index) => _groups[index];

    /// <summary>For how many cgroups a group's body is true now.</summary>
    public readonly int CountMembers(int index, out int all) =>
        _groups[index].Count(_cgroup, _atOnce, _host, _nowUsec, out _, out all);

    /// <summary>Whether a member counts for this match.</summary>
    public readonly bool Holds(GroupRuntime group, GroupMember member) => group.Holds(member, _cgroup);

    /// <summary>An evaluator for a group's member, which moves nothing.</summary>
    public readonly ConditionEvaluator Of(GroupRuntime group, GroupMember member) =>
        new(_host, member, group.LastActUsec, [], _nowUsec, recheck: true);

    /// <summary>Notes each PSI line's total as the baseline of an act.</summary>
    public readonly void TakeBaselines(Rule rule)
    {
        TakeBaselines(rule.When);
        if (rule.Until is { } until)
            TakeBaselines(until);
    }

    /// <summary>As above, for a group's body.</summary>
    public readonly void TakeBaselines(Condition condition)
    {
        _subject!.BaselineUsec = _nowUsec;
        foreach (ref readonly ConditionNode node in condition.Nodes.AsSpan())
        {
            if (node.BaselineIndex >= 0)
                _memory[node.BaselineIndex] = Read(node.Basis);
        }
    }

    /// <summary>What is not known of a node or below it, the first of it; null when all of it is.</summary>
    /// <param name="nodes">The condition's.</param>
    /// <param name="index">The node.</param>
    /// <param name="forGood">Only what cannot be read; the rest comes with time.</param>
    public readonly UnknownValue? FindUnknown(ConditionNode[] nodes, int index, bool forGood)
    {
        ref readonly ConditionNode node = ref nodes[index];
        switch (node.Op)
        {
            case ConditionOp.Metric:
                return FindUnknown(node) is { } found && (!forGood || found.Cause == UnknownCause.Unreadable)
                    ? found
                    : null;
            case ConditionOp.Number or ConditionOp.Exists:
                return null;
            case ConditionOp.Share or ConditionOp.Not or ConditionOp.For or ConditionOp.Recently:
                return FindUnknown(nodes, node.Left, forGood);
            case ConditionOp.And or ConditionOp.Or or ConditionOp.Compare:
                return FindUnknown(nodes, node.Left, forGood) ?? FindUnknown(nodes, node.Right, forGood);
        }

        GroupRuntime group = Group(node.Group);
        if (group.Group.Body is not { } body)
            return null;
        foreach (GroupMember member in group.Members)
        {
            if (group.Holds(member, _cgroup)
                && Of(group, member).FindUnknown(body.Nodes, body.Nodes.Length - 1, forGood) is { } inside)
            {
                return inside;
            }
        }

        return null;
    }

    private readonly UnknownValue? FindUnknown(in ConditionNode metric)
    {
        if (Metric(metric) != Quantity.Unknown)
            return null;
        bool isRead = Read(metric.Operand) != Quantity.Unknown;
        bool isOpen = metric.Operand.Metric.Window is not null && Read(metric.Basis) != Quantity.Unknown;
        return new UnknownValue(
            metric.Operand,
            isRead ? UnknownCause.JustActed : isOpen ? UnknownCause.WindowOpen : UnknownCause.Unreadable);
    }

    private Truth Evaluate(ConditionNode[] nodes, int index)
    {
        ref readonly ConditionNode node = ref nodes[index];
        switch (node.Op)
        {
            case ConditionOp.Compare:
                return Remember(node, Compare(nodes, node));
            case ConditionOp.Not:
                return (Truth)((int)Truth.True - (int)Evaluate(nodes, node.Left));
            case ConditionOp.For:
                return Hold(node, Evaluate(nodes, node.Left));
            case ConditionOp.Recently:
                return Recently(node, Evaluate(nodes, node.Left));
            case ConditionOp.Exists or ConditionOp.Any or ConditionOp.All:
                return Remember(node, Group(node));
        }

        // Both sides always run: a timer on the right must move even when the left side decides.
        Truth left = Evaluate(nodes, node.Left);
        Truth right = Evaluate(nodes, node.Right);
        return node.Op == ConditionOp.And
            ? (Truth)Math.Min((int)left, (int)right)
            : (Truth)Math.Max((int)left, (int)right);
    }

    private Truth Compare(ConditionNode[] nodes, in ConditionNode node)
    {
        // Nearly all comparisons are of a metric with a number.
        ref readonly ConditionNode left = ref nodes[node.Left];
        ref readonly ConditionNode right = ref nodes[node.Right];
        long value = left.Op == ConditionOp.Metric ? Metric(left) : Value(nodes, node.Left);
        long threshold = right.Op == ConditionOp.Number ? right.Amount : Value(nodes, node.Right);
        if (value == Quantity.Unknown || threshold == Quantity.Unknown)
        {
            SawUnknown |= IsUnreadable(nodes, node.Left) || IsUnreadable(nodes, node.Right);
            return Truth.Unknown;
        }

        // Without swap, free swap is 0 B and 0 %: 0 is below 10 % of 0 for whoever asks for "less than 10 %".
        if (threshold == 0 && value == 0 && right is { Op: ConditionOp.Share, OfBase: true, Amount: > 0 })
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

    /// <summary>
    /// Whether a value cannot be read. An average that says nothing right after an act, a window that is not full yet,
    /// and a group of which there is nobody, or somebody known, lack nothing.
    /// </summary>
    private readonly bool IsUnreadable(ConditionNode[] nodes, int index)
    {
        ref readonly ConditionNode node = ref nodes[index];
        return node.Op switch
        {
            ConditionOp.Metric => Read(node.Operand) == Quantity.Unknown
                && (node.Operand.Metric.Window is null || Read(node.Basis) == Quantity.Unknown),
            ConditionOp.Share => IsUnreadable(nodes, node.Left),
            ConditionOp.Number => false,
            _ => Group(node.Group).IsUnknown,
        };
    }

    private readonly long Metric(in ConditionNode node)
    {
        long value = Read(node.Operand);
        if (node.BaselineIndex < 0 || _lastActUsec == 0)
            return value;

        // An average still carries the stall from before the act: avg10 falls by 18 % only in 2 s.
        if (_nowUsec - _lastActUsec >= node.Operand.Metric.AverageSpanUsec)
            return value;
        long totalUsec = Read(node.Basis);
        long baselineUsec = _memory[node.BaselineIndex];
        long sinceUsec = _subject!.BaselineUsec;
        long elapsedUsec = _nowUsec - sinceUsec;
        bool known = totalUsec != Quantity.Unknown && baselineUsec != Quantity.Unknown && sinceUsec != 0;
        if (!known || elapsedUsec < MinSinceActUsec)
            return Quantity.Unknown;
        long stalledUsec = Math.Max(totalUsec - baselineUsec, 0);
        return Math.Min(stalledUsec * Quantity.Whole / elapsedUsec, Quantity.Whole);
    }

    private static long Share(long whole, long millionths)
    {
        if (whole == Quantity.Unknown || (whole == Quantity.Unlimited && millionths > 0))
            return whole;
        return Quantity.Scale(whole, millionths, Quantity.Whole);
    }

    private Truth Group(in ConditionNode node)
    {
        GroupRuntime group = Group(node.Group);
        int count = group.Count(_cgroup, _atOnce, _host, _nowUsec, out int unknown, out int all);
        if (node.Op == ConditionOp.Exists)
            return count > 0 ? Truth.True : Truth.False;
        SawUnknown |= group.IsUnknown;
        if (node.Op == ConditionOp.Any)
            return count > 0 ? Truth.True : unknown > 0 ? Truth.Unknown : Truth.False;
        if (all == 0 || count + unknown < all)
            return Truth.False;
        return unknown > 0 ? Truth.Unknown : Truth.True;
    }

    private readonly Truth Hold(in ConditionNode node, Truth child)
    {
        if (_atOnce)
            return child;
        ref long state = ref Timer(node);
        if (!_recheck)
            MoveTimer(ref state, child);

        if (child == Truth.False)
            return Truth.False;
        long sinceUsec = state >> StateBits;
        if (sinceUsec != 0 && _nowUsec - sinceUsec >= node.Amount)
            return child;
        return child == Truth.Unknown ? Truth.Unknown : Truth.False;
    }

    private readonly void MoveTimer(ref long state, Truth child)
    {
        switch (child)
        {
            case Truth.True:
                long sinceUsec = state >> StateBits;
                state = (sinceUsec == 0 ? Math.Max(_nowUsec, 1) : sinceUsec) << StateBits;
                break;
            case Truth.Unknown:
                state = (state & StateMask) + 1 >= UnknownsThatRestart ? UnknownsThatRestart : state + 1;
                break;
            default:
                state = 0;
                break;
        }
    }

    /// <summary>
    /// Only what was seen to be true counts. A condition that is unknown now may be true, so that this is unknown too
    /// unless it was true within the time.
    /// </summary>
    private readonly Truth Recently(in ConditionNode node, Truth child)
    {
        ref long state = ref Timer(node);
        if (child == Truth.True && !_recheck)
            state = Math.Max(_nowUsec, 1) << StateBits;
        if (child == Truth.True)
            return Truth.True;
        long lastUsec = state >> StateBits;
        return lastUsec != 0 && _nowUsec - lastUsec <= node.Amount ? Truth.True : child;
    }

    private readonly Truth Remember(in ConditionNode node, Truth truth)
    {
        if (_recheck || _sleeps)
            return truth;
        ref long state = ref _memory[node.StateIndex];
        if ((state & StateMask) != (long)truth || state == 0)
            state = (Math.Max(_nowUsec, 1) << StateBits) | (long)truth;
        return truth;
    }

    private readonly ref long Timer(in ConditionNode node) =>
        ref _memory[_sleeps ? node.TimerIndex : node.StateIndex];

    private readonly long Read(in MetricOperand operand) => operand.OfHost ? _host[operand.Slot] : _own[operand.Slot];
}
