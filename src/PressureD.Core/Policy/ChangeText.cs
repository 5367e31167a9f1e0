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

    private static void AppendValue(StringBuilder text, ControlChange change)
    {
        if (change.ShareRatio > 0)
            text.Append($"{QuantityText.Percent(change.ShareRatio)} of what it uses, ")
                .Append($"at least {QuantityText.Bytes(change.FloorBytes)}");
        else
            text.Append(change.Text ?? QuantityText.Bytes(change.Bytes));
    }
}
