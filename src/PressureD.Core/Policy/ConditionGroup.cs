using PressureD.Core.Cgroups;

namespace PressureD.Core.Policy;

/// <summary>
/// The cgroups of <c>exists</c>, <c>count</c>, <c>any</c>, <c>all</c>, <c>max_of</c>, <c>min_of</c> or <c>sum_of</c>,
/// and what is asked of each of them.
/// </summary>
public sealed class ConditionGroup
{
    /// <summary>Which cgroups. One that begins with <c>./</c> is below the rule's match.</summary>
    public required CgroupPattern Pattern { get; init; }

    /// <summary>What is evaluated for each: a condition, or a value; null when only their presence counts.</summary>
    public Condition? Body { get; init; }

    /// <summary>What is made of them.</summary>
    public required ConditionOp Op { get; init; }

    /// <summary>Whether <see cref="Body"/> is a value, not a condition.</summary>
    public bool IsValue { get; init; }

    /// <summary>Whether it has an answer for no cgroup at all: there is none, or they are nought.</summary>
    public bool CountsNone => Op is ConditionOp.Count or ConditionOp.Exists;

    /// <summary>The cgroup's metrics that the body asks about, as indices into
    /// <see cref="PolicySet.CgroupMetrics"/>.</summary>
    public required int[] Slots { get; init; }

    /// <summary>How many numbers the body remembers of each cgroup.</summary>
    public int StateCount { get; init; }

    /// <summary>How it is written: <c>any("workload.slice/*", …)</c> without its body.</summary>
    public required string Name { get; init; }
}
