using System.Collections.Generic;
using PressureD.Core.Policy.Sentences;

namespace PressureD.Core.Policy.Checks;

/// <summary>
/// What of a policy can never happen on a machine for want of swap, zram or zswap: there those figures are always 0.
/// </summary>
public sealed class MachineReach
{
    private static readonly HashSet<string> OfSwap =
    [
        "swap.total", "swap.free", "swap.used", "swap.cached", "swap.effective", "vm.swap_in", "vm.swap_out",
        "vm.refault_anon", "vm.restore_anon", "memory.swap.current", "memory.swap.peak", "memory.stat.swapcached",
        "memory.stat.pswpin", "memory.stat.pswpout", "memory.stat.workingset_refault_anon",
        "memory.stat.workingset_restore_anon", "memory.stat.thp_swpout",
    ];

    private static readonly HashSet<string> OfZram = ["zram.used", "zram.stored", "zram.compressed"];

    private static readonly HashSet<string> OfZswap =
    [
        "zswap.pool", "zswap.stored", "vm.zswap_in", "vm.zswap_out", "vm.zswap_writeback", "memory.zswap.current",
        "memory.stat.zswap", "memory.stat.zswapped", "memory.stat.zswpin", "memory.stat.zswpout", "memory.stat.zswpwb",
    ];

    /// <summary>What conditions are said with.</summary>
    public required MachineSize Size { get; init; }

    /// <summary>Whether a zram device is among the swap devices.</summary>
    public required bool HasZram { get; init; }

    /// <summary>Whether zswap is switched on.</summary>
    public required bool HasZswap { get; init; }

    /// <summary>Why a rule can never fire here, in words that follow "it can never fire here: ".</summary>
    /// <returns>Null when it may.</returns>
    public string? WhyNever(Rule rule) => Blocker(rule, rule.When.Nodes, rule.When.Nodes.Length - 1, false);

    /// <summary>Why a part can never be true, or, when it is denied, never false; null: it may be.</summary>
    private string? Blocker(Rule rule, ConditionNode[] nodes, int index, bool denied)
    {
        ConditionNode node = nodes[index];
        switch (node.Op)
        {
            case ConditionOp.And or ConditionOp.Or:
                string? left = Blocker(rule, nodes, node.Left, denied);
                string? right = Blocker(rule, nodes, node.Right, denied);
                bool needsBoth = (node.Op == ConditionOp.And) != denied;
                return needsBoth ? left ?? right : left is null || right is null ? null : left;
            case ConditionOp.Not:
                return Blocker(rule, nodes, node.Left, !denied);
            case ConditionOp.For or ConditionOp.Recently when !denied:
                return Blocker(rule, nodes, node.Left, denied);
            case ConditionOp.Any or ConditionOp.All when !denied:
                ConditionNode[] body = rule.Groups[node.Group].Body!.Nodes;
                return Blocker(rule, body, body.Length - 1, denied);
            case ConditionOp.Compare:
                return OfCompare(rule, nodes, node, denied);
            default:
                return null;
        }
    }

    private string? OfCompare(Rule rule, ConditionNode[] nodes, ConditionNode node, bool denied)
    {
        ConditionNode left = nodes[node.Left];
        ConditionNode right = nodes[node.Right];
        if (left.Op is ConditionOp.MaxOf or ConditionOp.SumOf or ConditionOp.MinOf)
            left = rule.Groups[left.Group].Body!.Nodes[^1];
        if (left.Op != ConditionOp.Metric || right.Op is not (ConditionOp.Number or ConditionOp.Share))
            return null;
        if (Missing(left.Operand.Metric) is not { } missing)
            return null;
        Comparison comparison = denied ? ConditionText.Opposite(node.Comparison) : node.Comparison;
        bool isNever = comparison switch
        {
            Comparison.Greater => right.Amount >= 0,
            Comparison.GreaterOrEqual or Comparison.Equal => right.Amount > 0,
            _ => false,
        };
        if (!isNever)
            return null;
        // That there is no swap is said already.
        var said = new ValueText(Size with { SwapTotalBytes = -1 });
        bool isOfCgroup = rule.ForEach is not null;
        return $"there is no {missing}, and it asks that {said.Compare(rule, nodes, node, comparison, isOfCgroup)}";
    }

    /// <summary>What the machine would need for the metric to be other than 0; null when it has it.</summary>
    private string? Missing(Metric metric)
    {
        while (metric.Window is { } window)
            metric = window.Argument;
        bool hasSwap = Size.SwapTotalBytes > 0;
        if (!hasSwap && (OfSwap.Contains(metric.Name) || OfZram.Contains(metric.Name) || OfZswap.Contains(metric.Name)))
            return "swap";
        if (!HasZram && OfZram.Contains(metric.Name))
            return "zram among the swap devices";
        return !HasZswap && OfZswap.Contains(metric.Name) ? "zswap (it is switched off)" : null;
    }
}
