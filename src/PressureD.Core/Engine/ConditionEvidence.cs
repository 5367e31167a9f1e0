using System;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Core.Readers;

namespace PressureD.Core.Engine;

/// <summary>A condition's values in words: the reason for an act.</summary>
internal static class ConditionEvidence
{
    /// <summary>Appends each metric the condition compares with its value now, and each group's count, once.</summary>
    public static void Append(TextBuffer text, Condition condition, ConditionEvaluator evaluator)
    {
        ConditionNode[] nodes = condition.Nodes;
        bool first = true;
        for (int i = 0; i < nodes.Length; i++)
        {
            bool shown = nodes[i].Op switch
            {
                ConditionOp.Metric => !IsRepeated(nodes, i) && !IsBase(nodes, i),
                ConditionOp.Number or ConditionOp.Share => false,
                _ => nodes[i].Group >= 0,
            };
            if (!shown)
                continue;
            if (!first)
                text.Append(", "u8);
            first = false;
            ConditionReport.AppendValue(text, nodes, i, evaluator);
        }
    }

    /// <summary>Appends a value in its unit.</summary>
    public static void AppendValue(TextBuffer text, MetricUnit unit, long value)
    {
        switch (unit)
        {
            case MetricUnit.Ratio:
                text.AppendPercent(value);
                break;
            case MetricUnit.Bytes:
                text.AppendBytes(value);
                break;
            case MetricUnit.Duration when value == Quantity.Unlimited:
                text.Append("not in sight"u8);
                break;
            case MetricUnit.Duration:
                text.AppendDuration(value);
                break;
            case MetricUnit.BytesPerSecond when value != Quantity.Unknown:
                text.AppendBytes(value).Append("/s"u8);
                break;
            case MetricUnit.CountPerSecond when value != Quantity.Unknown:
                text.Append(value / 1000).Append("/s"u8);
                break;
            default:
                if (value == Quantity.Unknown)
                    text.Append("unknown"u8);
                else
                    text.Append(value);
                break;
        }
    }

    private static bool IsRepeated(ConditionNode[] nodes, int index)
    {
        for (int i = 0; i < index; i++)
        {
            if (nodes[i].Op == ConditionOp.Metric && nodes[i].Operand == nodes[index].Operand && !IsBase(nodes, i))
                return true;
        }

        return false;
    }

    /// <summary>Whether it is only what a plain percentage is taken of, which a share follows.</summary>
    private static bool IsBase(ConditionNode[] nodes, int index) =>
        index + 1 < nodes.Length && nodes[index + 1] is { Op: ConditionOp.Share, OfBase: true } share
            && share.Left == index;
}
