using System;
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

    /// <summary>Sleep that no rule of the policy objects to. Microseconds, within the bounds above.</summary>
    public static long SleepUsec(PolicySet policy, ReadOnlySpan<long> host)
    {
        long sleep = MaxUsec;
        foreach (Rule rule in policy.Rules)
        {
            long usec = UntilTrue(rule.When.Nodes, rule.When.Nodes.Length - 1, host);
            if (usec != NoOpinion)
                sleep = Math.Min(sleep, usec);
        }

        // A trend that is already under way is followed closely whatever the thresholds are.
        long exhaustionUsec = host[BaseHostSlot.TimeToExhaustion];
        if (exhaustionUsec is not Quantity.Unknown and not Quantity.Unlimited)
            sleep = Math.Min(sleep, exhaustionUsec / 8);
        return Math.Clamp(sleep, MinUsec, MaxUsec);
    }

    private static long UntilTrue(ConditionNode[] nodes, int index, ReadOnlySpan<long> host)
    {
        ref readonly ConditionNode node = ref nodes[index];
        switch (node.Op)
        {
            case ConditionOp.Compare:
                return UntilTrue(nodes, node, host);
            case ConditionOp.For or ConditionOp.Recently:
                return UntilTrue(nodes, node.Left, host);
            case not (ConditionOp.And or ConditionOp.Or):
                return NoOpinion;
        }

        long left = UntilTrue(nodes, node.Left, host);
        long right = UntilTrue(nodes, node.Right, host);
        if (node.Op == ConditionOp.And)
            return Math.Max(left, right);
        if (left == NoOpinion)
            return right;
        return right == NoOpinion ? left : Math.Min(left, right);
    }

    private static long UntilTrue(ConditionNode[] nodes, in ConditionNode node, ReadOnlySpan<long> host)
    {
        ref readonly ConditionNode left = ref nodes[node.Left];
        if (left.Op != ConditionOp.Metric || !left.Basis.OfHost)
            return NoOpinion;
        if (node.Comparison is not (Comparison.Less or Comparison.LessOrEqual))
            return NoOpinion;
        long threshold = Value(nodes, node.Right, host);

        // A mean, a least or a greatest value cannot get there before the level that it is made of.
        WindowFunction? function = left.Operand.Metric.Window?.Function;
        bool isLevel = function is not (null or WindowFunction.Rate or WindowFunction.Delta);
        MetricOperand level = isLevel ? left.Basis : left.Operand;
        long value = host[level.Slot];
        if (value == Quantity.Unknown || threshold == Quantity.Unknown)
            return NoOpinion;
        switch (level.Metric.Name)
        {
            case "mem.available_user":
                return Time(Over(value, threshold, UserMemoryBytes(host)), MemoryBytesPerMsec);
            case "mem.available":
            case "mem.free":
                return Time(value - threshold, MemoryBytesPerMsec);
            case "swap.free":
            case "swap.effective":
                return Time(value - threshold, SwapBytesPerMsec);
            case "time_to_exhaustion":
                // A trend can turn within any time; what keeps the loop from running for it is the level beside it.
                return 0;
            default:
                return NoOpinion;
        }
    }

    private static long UserMemoryBytes(ReadOnlySpan<long> host) =>
        Math.Max(host[BaseHostSlot.MemAvailable], 0) + Math.Max(host[BaseHostSlot.MemAnon], 0);

    private static long Over(long ratio, long threshold, long wholeBytes) =>
        (long)((Int128)(ratio - threshold) * wholeBytes / Quantity.Whole);

    private static long Value(ConditionNode[] nodes, int index, ReadOnlySpan<long> host)
    {
        ref readonly ConditionNode node = ref nodes[index];
        switch (node.Op)
        {
            case ConditionOp.Number:
                return node.Amount;
            case ConditionOp.Metric when node.Operand.OfHost:
                return host[node.Operand.Slot];
            case ConditionOp.Share:
                long whole = Value(nodes, node.Left, host);
                return whole is Quantity.Unknown or Quantity.Unlimited
                    ? Quantity.Unknown
                    : (long)((Int128)Math.Max(whole, 0) * node.Amount / Quantity.Whole);
            default:
                return Quantity.Unknown;
        }
    }

    /// <summary>
    /// A threshold that is behind us says nothing more: the other side of its "and" is what the loop waits for.
    /// </summary>
    private static long Time(long bytes, long bytesPerMsec) =>
        bytes <= 0 ? NoOpinion : bytes / bytesPerMsec * 1000;
}
