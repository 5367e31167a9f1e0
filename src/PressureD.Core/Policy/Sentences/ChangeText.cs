using System.Collections.Generic;
using System.Text;

namespace PressureD.Core.Policy;

/// <summary>Says in plain words what a <see cref="ChangeAction"/> does.</summary>
internal static class ChangeText
{
    public static string Describe(ChangeAction action)
    {
        var text = new StringBuilder(action.DryRun ? "only say: " : "");
        if (action.Kind == ChangeKind.Freeze)
            text.Append("freeze");
        for (int i = 0; i < action.Changes.Length && action.Kind != ChangeKind.Freeze; i++)
        {
            text.Append(i == 0 ? "set " : ", ").Append(action.Changes[i].File).Append(" to ");
            AppendValue(text, action.Changes[i]);
        }

        if (!action.IsOfMachine)
        {
            text.Append(" of ").Append(action.AtMost > 0 ? $"the {action.AtMost} largest of " : "");
            text.Append(action.Of?.Text ?? "the match");
        }

        text.Append(action.LimitUsec > 0 ? $", for {QuantityText.Duration(action.LimitUsec)} at most" : "");
        return text.Append("; put back when the rule is over").ToString();
    }

    public static string Describe(ReclaimAction action)
    {
        string amount = action.AmountRatio > 0
            ? QuantityText.Percent(action.AmountRatio) : QuantityText.Bytes(action.AmountBytes);
        var text = new StringBuilder(action.DryRun ? "only say: " : "");
        text.Append($"take {amount} of memory from ");
        text.Append(action.AtMost > 0 ? $"each of the {action.AtMost} largest of " : "each of ");
        text.Append(action.Of?.Text ?? "the match");
        text.Append(action.Swappiness >= 0 ? $" with swappiness {action.Swappiness}" : "");
        if (action.FloorBytes > 0)
            text.Append($", down to {QuantityText.Bytes(action.FloorBytes)} at most");
        return text.Append(", while the condition holds").ToString();
    }

    public static string Describe(OffloadAction action) =>
        (action.DryRun ? "only say: " : "") + $"every {QuantityText.Duration(action.IntervalUsec)}, take up to "
        + $"{QuantityText.Percent(action.Ratio)} of what {action.Of?.Text ?? "the match"} uses, less the more it "
        + $"stalls and nothing from a stall of {QuantityText.Percent(action.StallRatio)} on, down to "
        + $"{QuantityText.Bytes(action.FloorBytes)}, swapping out at most "
        + $"{QuantityText.Bytes(action.SwapOutBytesPerSecond)} a second";

    public static IReadOnlyList<string> Describe(SwapRules swap)
    {
        var lines = new List<string>();
        if (swap.IsEmpty)
            return lines;
        lines.Add("swap rules, for as long as the daemon runs:");
        if (swap.Swappiness is { } swappiness)
            lines.Add($"  vm.swappiness is {swappiness}");
        foreach (SwapLimit limit in swap.Cgroups)
        {
            var text = new StringBuilder($"  each cgroup {limit.Match.Text} gets ");
            for (int i = 0; i < limit.Changes.Length; i++)
            {
                text.Append(i == 0 ? "" : ", ").Append(limit.Changes[i].File).Append(' ');
                AppendValue(text, limit.Changes[i]);
            }

            lines.Add(text.ToString());
        }

        return lines;
    }

    private static void AppendValue(StringBuilder text, ControlChange change)
    {
        if (change.ShareRatio > 0)
            text.Append($"{QuantityText.Percent(change.ShareRatio)} of what it uses, ")
                .Append($"at least {QuantityText.Bytes(change.FloorBytes)}");
        else
            text.Append(change.Text ?? QuantityText.Bytes(change.Bytes));
    }
}
