using System.Collections.Generic;

namespace PressureD.Core.Policy.Expressions;

/// <summary>
/// For whom a condition is evaluated, and what it needs of them: the machine, a rule's match, or a cgroup of a group.
/// </summary>
internal sealed class ConditionScope(bool hasCgroup, bool isGroup)
{
    private readonly List<(MetricOperand Total, int State)> _baselines = [];

    /// <summary>Whether the names of cgroups are somebody's: in a rule with <c>for-each</c>, or in a group.</summary>
    public bool HasCgroup => hasCgroup;

    /// <summary>Whether it is the inside of <c>any</c> and the like.</summary>
    public bool IsGroup => isGroup;

    public List<ConditionNode> Nodes { get; private set; } = [];

    /// <summary>By node; null for those that no message names.</summary>
    public List<ConditionPlace?> Places { get; private set; } = [];

    /// <summary>The cgroup's metrics that are asked about, with their slots in <see cref="Slots"/>.</summary>
    public List<Metric> Metrics { get; } = [];

    public List<int> Slots { get; } = [];

    public int StateCount { get; private set; }

    public int TimerCount { get; private set; }

    public bool HasHold { get; set; }

    /// <summary>Begins another condition of the same subject; what is remembered is counted on.</summary>
    public void Begin()
    {
        Nodes = [];
        Places = [];
    }

    public int Add(ConditionNode node, ConditionPlace? place)
    {
        Nodes.Add(node);
        Places.Add(place);
        return Nodes.Count - 1;
    }

    public Condition ToCondition(string text) =>
        new() { Nodes = Nodes.ToArray(), Places = Places.ToArray(), Text = text };

    public int NewState() => StateCount++;

    public int NewTimer() => TimerCount++;

    public int BaselineOf(MetricOperand total)
    {
        foreach ((MetricOperand known, int state) in _baselines)
        {
            if (known == total)
                return state;
        }

        _baselines.Add((total, StateCount));
        return StateCount++;
    }

    public void Ask(Metric metric, int slot)
    {
        if (Slots.Contains(slot))
            return;
        Slots.Add(slot);
        Metrics.Add(metric);
    }
}
