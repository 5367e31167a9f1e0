using System;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Core.Readers;

namespace PressureD.Core.Engine;

/// <summary>A condition's values in words: the reason for an act.</summary>
internal static class ConditionEvidence
{
    /// <summary>Appends each metric the condition compares with its value now, once.</summary>
    public static void Append(TextBuffer text, Condition condition, ConditionEvaluator evaluator)
    {
        ReadOnlySpan<ConditionNode> nodes = condition.Nodes;
        bool first = true;
        for (int i = 0; i < nodes.Length; i++)
        {
            if (nodes[i].Op != ConditionOp.Compare || IsRepeated(nodes, i))
                continue;
            if (!first)
                text.Append(", "u8);
            first = false;
            Metric metric = nodes[i].Operand.Metric;
            text.Append(metric.Name).Append(" "u8);
            AppendValue(text, metric.Unit, evaluator.Value(nodes[i]));
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
            case MetricUnit.Duration:
                text.AppendDuration(value);
                break;
            case MetricUnit.BytesPerSecond:
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

    private static bool IsRepeated(ReadOnlySpan<ConditionNode> nodes, int index)
    {
        for (int i = 0; i < index; i++)
        {
            if (nodes[i].Op == ConditionOp.Compare && nodes[i].Operand == nodes[index].Operand)
                return true;
        }

        return false;
    }
}
