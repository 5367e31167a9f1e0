using System.Collections.Generic;
using PressureD.Core.Policy.Sentences;

namespace PressureD.Core.Policy.Checks;

/// <summary>Which <c>exists</c> and <c>count</c> of a rule only become true when a cgroup is there.</summary>
public static class PresenceAsked
{
    /// <summary>Their groups, as indices into <see cref="Rule.Groups"/>.</summary>
    public static IReadOnlySet<int> Of(Rule rule)
    {
        var asked = new HashSet<int>();
        foreach (Condition? condition in (Condition?[])[rule.When, rule.Until])
        {
            if (condition is not null)
                Add(asked, condition.Nodes, condition.Nodes.Length - 1, false);
        }

        return asked;
    }

    /// <summary>Of a part of a condition, or of its opposite when it is denied.</summary>
    private static void Add(HashSet<int> asked, ConditionNode[] nodes, int index, bool denied)
    {
        ConditionNode node = nodes[index];
        switch (node.Op)
        {
            case ConditionOp.And or ConditionOp.Or:
                Add(asked, nodes, node.Left, denied);
                Add(asked, nodes, node.Right, denied);
                break;
            case ConditionOp.Not:
                Add(asked, nodes, node.Left, !denied);
                break;
            case ConditionOp.For or ConditionOp.Recently:
                Add(asked, nodes, node.Left, denied);
                break;
            case ConditionOp.Exists when !denied:
                asked.Add(node.Group);
                break;
            case ConditionOp.Compare:
                ConditionNode left = nodes[node.Left];
                if (left.Op == ConditionOp.Count && !HoldsForNone(nodes[node.Right], node.Comparison, denied))
                    asked.Add(left.Group);
                break;
        }
    }

    /// <summary>Whether a count of 0 is enough.</summary>
    private static bool HoldsForNone(ConditionNode limit, Comparison comparison, bool denied)
    {
        // Of what is not a number, it may be.
        if (limit.Op != ConditionOp.Number)
            return true;
        return (denied ? ConditionText.Opposite(comparison) : comparison) switch
        {
            Comparison.Less => limit.Amount > 0,
            Comparison.LessOrEqual => true,
            Comparison.Greater => false,
            Comparison.NotEqual => limit.Amount != 0,
            _ => limit.Amount == 0,
        };
    }
}
