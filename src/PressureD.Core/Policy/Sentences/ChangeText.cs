using System.Collections.Generic;
using System.Text;

namespace PressureD.Core.Policy.Sentences;

/// <summary>Says in plain words what actions do to control files.</summary>
internal static class ChangeText
{
    public static string Describe(ChangeAction action)
    {
        var text = new StringBuilder(Start(action));
        string of = Which(action.Of, action.AtMost);
        if (action.Kind == ChangeKind.Freeze)
            text.Append("freeze ").Append(of);
        for (int i = 0; i < action.Changes.Length && action.Kind != ChangeKind.Freeze; i++)
        {
            text.Append(i == 0 ? "set " : ", ").Append(action.Changes[i].File);
            if (i == 0 && !action.IsOfMachine)
                text.Append(" of ").Append(of);
            text.Append(" to ");
            AppendValue(text, action.Changes[i]);
        }

        if (action.LimitUsec > 0)
            text.Append($"; put back after {QuantityText.Duration(action.LimitUsec)}, or when the rule is over");
        else
            text.Append("; put back when the rule is over");
        return text.ToString();
    }

    public static string Describe(ReclaimAction action)
    {
        string amount = action.AmountRatio > 0
            ? $"{QuantityText.Percent(action.AmountRatio)} of its memory" : QuantityText.Bytes(action.AmountBytes);
        var text = new StringBuilder(Start(action));
        text.Append($"reclaim {amount} from {(action.Of is null ? "" : "each of ")}{Which(action.Of, action.AtMost)}");
        text.Append(action.Swappiness >= 0 ? $" with swappiness {action.Swappiness}" : "");
        if (action.FloorBytes > 0)
            text.Append($", but leave it {QuantityText.Bytes(action.FloorBytes)}");
        return text.Append(", as long as the condition is true").ToString();
    }

    public static string Describe(OffloadAction action) =>
        Start(action) + $"every {QuantityText.Duration(action.IntervalUsec)} reclaim up to "
        + $"{QuantityText.Percent(action.Ratio)} of the memory of {PatternText.Of(action.Of)}, the less the more "
        + $"something in it stalls and nothing from {QuantityText.Percent(action.StallRatio)} of the time on; leave it "
        + $"{QuantityText.Bytes(action.FloorBytes)}, and swap out at most "
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

    private static string Start(RuleAction action) => action.DryRun ? "only say: " : "";

    private static string Which(Cgroups.CgroupPattern? of, int atMost) =>
        (atMost > 0 ? $"the {atMost} largest of " : "") + PatternText.Of(of);

    private static void AppendValue(StringBuilder text, ControlChange change)
    {
        if (change.ShareRatio > 0)
            text.Append($"{QuantityText.Percent(change.ShareRatio)} of what it uses, ")
                .Append($"at least {QuantityText.Bytes(change.FloorBytes)}");
        else
            text.Append(change.Text ?? QuantityText.Bytes(change.Bytes));
    }
}
