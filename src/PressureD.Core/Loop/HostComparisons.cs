using System;
using System.Collections.Generic;
using PressureD.Core.Policy;
using PressureD.Core.Readers;

namespace PressureD.Core.Loop;

/// <summary>
/// How every value of the machine that some rule compares stands to what it is compared with. While none of it changes,
/// no condition says anything else than at the last step, however the machine's memory has moved.
/// </summary>
internal sealed class HostComparisons
{
    private readonly Entry[] _entries;
    private readonly sbyte[] _noted;

    public HostComparisons(PolicySet policy)
    {
        var entries = new List<Entry>();
        foreach (Rule rule in policy.Rules)
        {
            Add(entries, rule.When);
            Add(entries, rule.Until);
            foreach (ConditionGroup group in rule.Groups)
                Add(entries, group.Body);
        }

        _entries = entries.ToArray();
        _noted = new sbyte[_entries.Length];
    }

    /// <summary>
    /// Whether these comparisons are all there is to a condition: not where a value of the machine is compared with a
    /// cgroup's, where its change counts, or when something was true last.
    /// </summary>
    public bool AreAll { get; private set; } = true;

    /// <summary>
    /// Whether none of these moves between two steps unless free memory or free swap is taken, so that the amount free
    /// tells that they stand as they stood.
    /// </summary>
    public bool AreOfFree { get; private set; } = true;

    /// <summary>Takes what there is now for what the conditions were evaluated with.</summary>
    public void Note(ReadOnlySpan<long> host)
    {
        for (int i = 0; i < _entries.Length; i++)
            _noted[i] = Stand(_entries[i], host);
    }

    /// <summary>Whether each stands as it was noted.</summary>
    public bool AreAsNoted(ReadOnlySpan<long> host)
    {
        for (int i = 0; i < _entries.Length; i++)
        {
            if (_noted[i] != Stand(_entries[i], host))
                return false;
        }

        return true;
    }

    private void Add(List<Entry> entries, Condition? condition)
    {
        ConditionNode[] nodes = condition?.Nodes ?? [];
        foreach (ConditionNode node in nodes)
        {
            // What was true a moment ago is noted at steps alone.
            if (node.Op == ConditionOp.Recently && AsksHost(nodes, node.Left))
                AreAll = false;
            bool asksHost = node.Op == ConditionOp.Compare
                && (IsOf(nodes, node.Left, host: true) || IsOf(nodes, node.Right, host: true));
            if (!asksHost)
                continue;
            bool isMixed = IsOf(nodes, node.Left, host: false) || IsOf(nodes, node.Right, host: false);
            if (!IsOfFree(nodes, node.Left) || !IsOfFree(nodes, node.Right))
                AreOfFree = false;
            if (isMixed || IsOfChange(nodes, node.Left) || IsOfChange(nodes, node.Right))
                AreAll = false;
            else
                entries.Add(new Entry(nodes, node));
        }
    }

    private static bool AsksHost(ConditionNode[] nodes, int index)
    {
        ref readonly ConditionNode node = ref nodes[index];
        return IsOf(nodes, index, host: true)
            || (node.Left >= 0 && AsksHost(nodes, node.Left))
            || (node.Right >= 0 && AsksHost(nodes, node.Right));
    }

    /// <summary>Whether a value is the machine's, or one that only cgroups have.</summary>
    private static bool IsOf(ConditionNode[] nodes, int index, bool host) => nodes[index].Op switch
    {
        ConditionOp.Metric => nodes[index].Operand.OfHost == host,
        ConditionOp.Share => IsOf(nodes, nodes[index].Left, host),
        ConditionOp.Number => false,
        _ => !host,
    };

    /// <summary>
    /// Whether a value is how the machine's memory changes, which no level tells. Pressure and the kernel's counters
    /// are read in steps alone.
    /// </summary>
    private static bool IsOfChange(ConditionNode[] nodes, int index) => nodes[index].Op switch
    {
        ConditionOp.Metric => nodes[index].Operand.Metric.Window is { } window
            && window.Function is WindowFunction.Rate or WindowFunction.Delta or WindowFunction.Before
            && window.Root.Source is not (MetricSource.Psi or MetricSource.Vmstat or MetricSource.VmstatRate),
        ConditionOp.Share => IsOfChange(nodes, nodes[index].Left),
        _ => false,
    };

    private static bool IsOfFree(ConditionNode[] nodes, int index) => nodes[index].Op switch
    {
        ConditionOp.Metric when nodes[index].Operand.OfHost =>
            IsOfFree(nodes[index].Operand.Metric.Window?.Root ?? nodes[index].Operand.Metric),
        ConditionOp.Share => IsOfFree(nodes, nodes[index].Left),
        _ => true,
    };

    private static bool IsOfFree(Metric metric) => metric.Source switch
    {
        // Read in steps alone.
        MetricSource.Psi or MetricSource.Vmstat or MetricSource.VmstatRate => true,
        MetricSource.Meminfo => metric.Name
            is "mem.total" or "mem.free" or "mem.available" or "swap.total" or "swap.free",
        MetricSource.Computed => metric.Name
            is "mem.available_user" or "swap.used" or "swap.effective" or "time_to_exhaustion",
        _ => false,
    };

    /// <summary>Below, equal or above.</summary>
    private static sbyte Stand(in Entry entry, ReadOnlySpan<long> host)
    {
        var view = new CadenceView(host);
        long left = Cadence.Level(entry.Nodes, entry.Node.Left, view);
        long right = Cadence.Level(entry.Nodes, entry.Node.Right, view);
        if (left == Quantity.Unknown || right == Quantity.Unknown)
            return sbyte.MinValue;

        // A share of nothing is told apart from nothing.
        int stand = left.CompareTo(right);
        return (sbyte)(right == 0 ? stand - 4 : stand);
    }

    private readonly record struct Entry(ConditionNode[] Nodes, ConditionNode Node);
}
