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

    private static void Add(List<Entry> entries, Condition? condition)
    {
        foreach (ConditionNode node in condition?.Nodes ?? [])
        {
            if (node.Op == ConditionOp.Compare
                && (IsOfHost(condition!.Nodes, node.Left) || IsOfHost(condition.Nodes, node.Right)))
            {
                entries.Add(new Entry(condition.Nodes, node));
            }
        }
    }

    private static bool IsOfHost(ConditionNode[] nodes, int index) => nodes[index].Op switch
    {
        ConditionOp.Metric => nodes[index].Operand.OfHost,
        ConditionOp.Share => IsOfHost(nodes, nodes[index].Left),
        _ => false,
    };

    /// <summary>
    /// Below, equal or above; what cannot be told without a cgroup counts as unknown, which it stays.
    /// </summary>
    private static sbyte Stand(in Entry entry, ReadOnlySpan<long> host)
    {
        long left = Value(entry.Nodes, entry.Node.Left, host);
        long right = Value(entry.Nodes, entry.Node.Right, host);
        if (left == Quantity.Unknown || right == Quantity.Unknown)
            return sbyte.MinValue;

        // A share of nothing is told apart from nothing.
        int stand = left.CompareTo(right);
        return (sbyte)(right == 0 ? stand - 4 : stand);
    }

    private static long Value(ConditionNode[] nodes, int index, ReadOnlySpan<long> host)
    {
        ref readonly ConditionNode node = ref nodes[index];
        switch (node.Op)
        {
            case ConditionOp.Number:
                return node.Amount;
            case ConditionOp.Metric:
                return node.Operand.OfHost ? host[node.Operand.Slot] : Quantity.Unknown;
            case ConditionOp.Share:
                long whole = Value(nodes, node.Left, host);
                return whole is Quantity.Unknown or Quantity.Unlimited
                    ? whole
                    : Quantity.Scale(Math.Max(whole, 0), node.Amount, Quantity.Whole);
            default:
                return Quantity.Unknown;
        }
    }

    private readonly record struct Entry(ConditionNode[] Nodes, ConditionNode Node);
}
