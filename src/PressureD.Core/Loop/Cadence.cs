using System;
using PressureD.Core.Engine;
using PressureD.Core.Policy;
using PressureD.Core.Readers;

namespace PressureD.Core.Loop;

/// <summary>
/// How long the loop may sleep: until the nearest threshold could be crossed if memory filled at the fastest speed
/// known.
/// </summary>
internal static class Cadence
{
    public const long MaxUsec = 1_000_000;

    public const long MinUsec = 100_000;

    /// <summary>While a rule that kills is pending or active.</summary>
    public const long EmergencyUsec = 50_000;

    /// <summary>The fastest a process has been seen to fill memory, bytes in a millisecond: 6 GiB a second.</summary>
    private const long MemoryBytesPerMsec = (6L << 30) / 1000;

    /// <summary>The same for swap: 0.8 GiB a second.</summary>
    private const long SwapBytesPerMsec = (8L << 30) / 10_000;

    /// <summary>A part of a condition that no amount of memory decides.</summary>
    private const long NoOpinion = -1;

    /// <summary>Sleep that such a headroom allows. Microseconds, within the bounds above.</summary>
    public static long SleepUsec(long headroomUsec) => Math.Clamp(headroomUsec, MinUsec, MaxUsec);

    /// <summary>
    /// How soon some rule could want something if memory filled at the fastest speed known: microseconds, at most
    /// <see cref="MaxUsec"/>.
    /// </summary>
    /// <param name="rules">Those of the policy.</param>
    /// <param name="host">The machine's values.</param>
    public static long HeadroomUsec(ReadOnlySpan<RuleRuntime> rules, ReadOnlySpan<long> host)
    {
        long sleep = StepUsec(rules, host, ofCgroups: false);

        // A trend that is already under way is followed closely whatever the thresholds are.
        long exhaustionUsec = host[BaseHostSlot.TimeToExhaustion];
        if (exhaustionUsec is not Quantity.Unknown and not Quantity.Unlimited)
            sleep = Math.Min(sleep, exhaustionUsec / 8);
        return sleep;
    }

    /// <summary>How long the fastest speed known takes to fill so much.</summary>
    public static long FillUsec(long memoryBytes, long swapBytes) => Math.Max(
        Math.Max(memoryBytes, 0) * 1000 / MemoryBytesPerMsec, Math.Max(swapBytes, 0) * 1000 / SwapBytesPerMsec);

    /// <summary>The same for what cgroups hold alone, while somebody else looks at the machine's memory.</summary>
    public static long CgroupSleepUsec(ReadOnlySpan<RuleRuntime> rules, ReadOnlySpan<long> host) =>
        SleepUsec(StepUsec(rules, host, ofCgroups: true));

    private static long StepUsec(ReadOnlySpan<RuleRuntime> rules, ReadOnlySpan<long> host, bool ofCgroups)
    {
        long sleep = MaxUsec;
        foreach (RuleRuntime rule in rules)
        {
            // A rule that asks about nothing but the machine says the same for all its matches.
            int count = rule.WatchesCgroups ? rule.MatchCount : Math.Min(rule.MatchCount, 1);
            int awake = rule.Matches.Count;
            ConditionNode[] nodes = rule.Rule.When.Nodes;
            for (int i = 0; i < count && sleep > 0; i++)
            {
                CadenceView view = i < awake
                    ? new CadenceView(host, rule.Matches[i], rule.Groups, ofCgroups)
                    : new CadenceView(host, rule.Asleep, i - awake, rule.Groups, ofCgroups);
                long usec = UntilTrue(nodes, nodes.Length - 1, view);
                if (usec != NoOpinion)
                    sleep = Math.Min(sleep, usec);
            }
        }

        return sleep;
    }

    private static long UntilTrue(ConditionNode[] nodes, int index, in CadenceView view)
    {
        ref readonly ConditionNode node = ref nodes[index];
        switch (node.Op)
        {
            case ConditionOp.Compare:
                return UntilTrue(nodes, node, view);
            case ConditionOp.For or ConditionOp.Recently:
                return UntilTrue(nodes, node.Left, view);
            case ConditionOp.Any or ConditionOp.All:
                return UntilTrue(view.Groups[node.Group], node.Op == ConditionOp.All, view);
            case not (ConditionOp.And or ConditionOp.Or):
                return NoOpinion;
        }

        long left = UntilTrue(nodes, node.Left, view);
        long right = UntilTrue(nodes, node.Right, view);
        return node.Op == ConditionOp.And ? Math.Max(left, right) : Sooner(left, right);
    }

    /// <summary>For one of the cgroups at least, or for the last of all of them.</summary>
    private static long UntilTrue(GroupRuntime group, bool all, in CadenceView view)
    {
        if (group.Group.Body is not { } body)
            return NoOpinion;
        long usec = NoOpinion;
        foreach (GroupMember member in group.Members)
        {
            if (!group.Holds(member, view.Cgroup))
                continue;
            var its = new CadenceView(view.Host, member, [], view.OfCgroups);
            long own = UntilTrue(body.Nodes, body.Nodes.Length - 1, its);
            usec = all ? Math.Max(usec, own) : Sooner(usec, own);
        }

        return usec;
    }

    private static long UntilTrue(ConditionNode[] nodes, in ConditionNode node, in CadenceView view)
    {
        ref readonly ConditionNode left = ref nodes[node.Left];
        if (left.Op == ConditionOp.Count)
            return UntilTrue(view.Groups[left.Group], all: false, view);
        bool falls = node.Comparison is Comparison.Less or Comparison.LessOrEqual;
        if (!falls && node.Comparison is not (Comparison.Greater or Comparison.GreaterOrEqual))
            return NoOpinion;
        Metric? metric = LevelOf(nodes, node.Left, view);
        long value = Level(nodes, node.Left, view);
        long threshold = Level(nodes, node.Right, view);
        if (metric is null || value == Quantity.Unknown || threshold is Quantity.Unknown or Quantity.Unlimited)
            return NoOpinion;
        long way = falls ? value - threshold : threshold - value;
        if (metric.Name == "mem.available_user")
            return falls ? Time(Over(value, threshold, UserMemoryBytes(view.Host)), MemoryBytesPerMsec) : NoOpinion;

        // A trend can turn within any time; what keeps the loop from running for it is the level beside it.
        if (metric.Name == "time_to_exhaustion")
            return 0;
        if (metric.Unit != MetricUnit.Bytes || metric.Name is "mem.total" or "swap.total")
            return NoOpinion;
        bool isSwap = metric.Name.StartsWith("swap.", StringComparison.Ordinal)
            || metric.Name.StartsWith("memory.swap.", StringComparison.Ordinal);
        return Time(way, isSwap ? SwapBytesPerMsec : MemoryBytesPerMsec);
    }

    /// <summary>
    /// The metric whose level decides. A mean, a least or a greatest value cannot get there before the level that it is
    /// made of; a rate or a difference has no level.
    /// </summary>
    private static Metric? LevelOf(ConditionNode[] nodes, int index, in CadenceView view)
    {
        ref readonly ConditionNode node = ref nodes[index];
        switch (node.Op)
        {
            case ConditionOp.Metric when view.OfCgroups && node.Operand.OfHost:
                return null;
            case ConditionOp.Metric:
                return node.Operand.Metric.Window?.Function switch
                {
                    null => node.Operand.Metric,
                    WindowFunction.Rate or WindowFunction.Delta => null,
                    _ => node.Basis.Metric,
                };
            case ConditionOp.MaxOf or ConditionOp.MinOf or ConditionOp.SumOf:
                ConditionNode[] body = view.Groups[node.Group].Group.Body!.Nodes;
                return LevelOf(body, body.Length - 1, view);
            default:
                return null;
        }
    }

    /// <summary>The level of a value: of a function over a window, that of what it is made of.</summary>
    public static long Level(ConditionNode[] nodes, int index, in CadenceView view)
    {
        ref readonly ConditionNode node = ref nodes[index];
        switch (node.Op)
        {
            case ConditionOp.Number:
                return node.Amount;
            case ConditionOp.Metric:
                return view.Read(node.Operand.Metric.Window is null ? node.Operand : node.Basis);
            case ConditionOp.Share:
                long whole = Level(nodes, node.Left, view);
                return whole is Quantity.Unknown or Quantity.Unlimited
                    ? whole
                    : Quantity.Scale(Math.Max(whole, 0), node.Amount, Quantity.Whole);
            case ConditionOp.MaxOf or ConditionOp.MinOf or ConditionOp.SumOf:
                return view.Groups[node.Group].Combine(node.Op, view.Cgroup);
            default:
                return Quantity.Unknown;
        }
    }

    private static long Sooner(long a, long b) => a == NoOpinion ? b : b == NoOpinion ? a : Math.Min(a, b);

    private static long UserMemoryBytes(ReadOnlySpan<long> host) =>
        Math.Max(host[BaseHostSlot.MemAvailable], 0) + Math.Max(host[BaseHostSlot.MemAnon], 0);

    private static long Over(long ratio, long threshold, long wholeBytes) =>
        Quantity.Scale(ratio - threshold, wholeBytes, Quantity.Whole);

    /// <summary>
    /// A threshold that is behind us says nothing more: the other side of its "and" is what the loop waits for.
    /// </summary>
    private static long Time(long bytes, long bytesPerMsec) =>
        bytes <= 0 ? NoOpinion : bytes / bytesPerMsec * 1000;
}
