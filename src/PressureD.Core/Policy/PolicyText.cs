using System;
using System.Collections.Generic;
using PressureD.Core.Policy.Sentences;

namespace PressureD.Core.Policy;

/// <summary>Says in plain sentences what a policy will do on a machine of a given size.</summary>
public static class PolicyText
{
    /// <summary>The whole policy, an empty line between two rules.</summary>
    public static IReadOnlyList<string> Describe(PolicySet policy, MachineSize machine)
    {
        var lines = new List<string>();
        foreach (Rule rule in policy.Rules)
        {
            if (lines.Count > 0)
                lines.Add("");
            lines.AddRange(Describe(rule, machine));
        }

        if (policy.Rules.Length > 0)
        {
            lines.Add("");
            lines.Add(Limits(policy));
        }

        IReadOnlyList<string> swap = Describe(policy.Swap);
        if (swap.Count > 0)
            lines.Add("");
        lines.AddRange(swap);
        return lines;
    }

    /// <summary>
    /// A heading; when it acts; what it then does, step by step; when it is over, and how soon it may act again.
    /// </summary>
    public static IReadOnlyList<string> Describe(Rule rule, MachineSize machine)
    {
        var lines = new List<string> { $"{rule.Name} ({rule.Source})" };
        if (rule.DryRun)
            lines.Add("  Dry run: it only says what it would do.");
        if (rule.ForEach is { } pattern)
            lines.Add($"  For {Watched(pattern.Text, PatternText.IsOne(pattern))}{With(rule.ForEachXattr)}:");
        var conditions = new ConditionText(rule, machine);
        if (conditions.Add(lines, "  When ", rule.When, ":"))
            lines.Add("  Then:");
        AddSteps(lines, rule.Actions);
        if (rule.Until is { } until)
            conditions.Add(lines, "  Over when ", until, ".");
        if (rule.CooldownUsec > 0 && Array.Exists(rule.Actions, static action => action.StartsCooldown))
            lines.Add($"  Not again for {QuantityText.Duration(rule.CooldownUsec)} after it has acted.");
        return lines;
    }

    /// <summary>The swap section; nothing when there is none.</summary>
    public static IReadOnlyList<string> Describe(SwapRules swap) => ChangeText.Describe(swap);

    /// <summary>One step of a chain: what it does, and on further lines how.</summary>
    public static string Describe(RuleAction action) => string.Join('\n', ActionText.Describe(action));

    private static string Limits(PolicySet policy)
    {
        string incidents = policy.IncidentBytes == 0
            ? "no records of incidents are kept"
            : $"records of incidents take at most {QuantityText.Bytes(policy.IncidentBytes)} on disk";
        if (!Array.Exists(policy.Rules, static rule => Array.Exists(rule.Actions, static one => one is KillAction)))
            return $"{char.ToUpperInvariant(incidents[0])}{incidents[1..]}.";
        string deaths = policy.FutileKills == 1
            ? "a death that frees less than a quarter of what it should"
            : $"{policy.FutileKills} deaths in a row that free less than a quarter of what they should";
        string times = policy.KillsPerMinute == 1 ? "once" : $"{policy.KillsPerMinute} times";
        return $"All rules together kill at most {times} a minute, and hold back after {deaths}; {incidents}.";
    }

    private static string Watched(string pattern, bool isOne) =>
        isOne ? $"the cgroup {pattern}" : $"each cgroup of {pattern} by itself";

    private static string With(XattrFilter? xattr) => xattr is null ? "" : $" that has {xattr}";

    private static void AddSteps(List<string> lines, RuleAction[] actions)
    {
        for (int i = 0; i < actions.Length; i++)
        {
            string number = actions.Length == 1 ? "" : $"{i + 1}. ";
            string indent = new(' ', number.Length);
            IReadOnlyList<string> texts = ActionText.Describe(actions[i]);
            for (int line = 0; line < texts.Count; line++)
                lines.Add(line == 0 ? $"    {number}{texts[0]}" : $"    {indent}  {texts[line]}");
        }
    }
}
