using System.Collections.Generic;

namespace PressureD.Core.Policy.Checks;

/// <summary>
/// Warns of rules that get in each other's way, and of those that contradict themselves. It never warns of what only
/// might be meant otherwise: a stricter rule after a wider one is how asking and then killing is written.
/// </summary>
internal sealed class RuleOverlaps(DiagnosticBag diagnostics)
{
    private readonly Implication _implication = new();
    private readonly Contradictions _contradictions = new();

    /// <summary>Looks at each rule, and at each pair in which the first comes before the second.</summary>
    public void Check(IReadOnlyList<Rule> rules)
    {
        for (int later = 0; later < rules.Count; later++)
        {
            CheckAlone(rules[later]);
            for (int earlier = 0; earlier < later; earlier++)
            {
                if (Complaint(rules[earlier], rules[later]) is not { } complaint)
                    continue;
                Warn(rules[later], complaint);
                break;
            }
        }
    }

    private void CheckAlone(Rule rule)
    {
        foreach (string complaint in _contradictions.Find(rule))
            Warn(rule, complaint);
        foreach (string complaint in Protection.Complaints(rule))
            Warn(rule, complaint);
        for (int i = 0; i < rule.Actions.Length - 1; i++)
        {
            if (rule.Actions[i] is StopAction { OnlyAfterEffect: false })
            {
                Warn(
                    rule,
                    "never gets beyond its 'stop: always': leave out what comes after, or say stop: after-effect");
            }
        }
    }

    private void Warn(Rule rule, string complaint) =>
        diagnostics.Warning(rule.Position, $"the rule '{rule.Name}' {complaint}");

    /// <returns>What is wrong with the later one of two rules; null: nothing.</returns>
    private string? Complaint(Rule earlier, Rule later)
    {
        // What is tried out beside the real thing is the same on purpose.
        if (!earlier.HasSameScope(later) || earlier.DryRun != later.DryRun)
            return null;
        string first = $"'{earlier.Name}' ({earlier.Source})";
        if (!_implication.Holds(later, later.When, earlier, earlier.When))
            return null;
        bool same = _implication.Holds(earlier, earlier.When, later, later.When);
        if (same && earlier.HasSameActions(later))
            return $"does on the same condition what {first} does, which comes before it: leave one of them out";
        KillAction? before = KillOf(earlier);
        KillAction? kill = KillOf(later);
        if (same && before is not null && kill is not null)
            return $"kills on the same condition as {first}, which always comes first: this one kills once more while "
                + "that one's cooldown runs; put both steps into one rule, or give them different conditions";
        if (before is not null && kill is not null && earlier.CooldownUsec == 0 && TakesAll(before, kill))
            return $"never gets to kill: {first} comes first, is true whenever this one is, and kills at every step "
                + "for want of a cooldown; put this rule before it, or give that one a cooldown";
        return OnlyNotifies(later) is { } level && OnlyNotifies(earlier) >= level && !EndsBefore(earlier, later)
            ? $"never raises the level: {first} is true whenever this one is and raises it as high; leave this one "
                + "out, or raise it higher"
            : null;
    }

    /// <summary>The kill of a chain that comes to it at once.</summary>
    private static KillAction? KillOf(Rule rule)
    {
        foreach (RuleAction action in rule.Actions)
        {
            switch (action)
            {
                case KillAction { DryRun: false, AlwaysContinue: false } kill:
                    return kill;
                case WaitAction or StopAction:
                    return null;
            }
        }

        return null;
    }

    /// <summary>Whether whoever the later kill may take, the earlier one may take as well.</summary>
    private static bool TakesAll(KillAction earlier, KillAction later) =>
        earlier.From.Text == later.From.Text && earlier.Victim == later.Victim
        && earlier.MinSizeBytes <= later.MinSizeBytes && earlier.StallsOthersRatio == 0
        && earlier.Culprit.Length == later.Culprit.Length && earlier.KillsPerMinute == 0
        && earlier.OomdXattrs == later.OomdXattrs && ProtectsNobodyElse(earlier, later);

    private static bool ProtectsNobodyElse(KillAction earlier, KillAction later)
    {
        foreach (Matcher matcher in earlier.Protect)
        {
            if (!later.Protect.Contains(matcher))
                return false;
        }

        return true;
    }

    private static PressureLevel? OnlyNotifies(Rule rule) =>
        rule.Actions is [NotifyAction notify] ? notify.Level : null;

    /// <summary>Whether the earlier one can be over while the later one still holds the level.</summary>
    private static bool EndsBefore(Rule earlier, Rule later) =>
        later.Until is not null && later.Until.Text != earlier.Until?.Text;
}
