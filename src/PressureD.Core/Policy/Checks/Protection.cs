using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using PressureD.Core.Cgroups;
using PressureD.Core.Victims;

namespace PressureD.Core.Policy.Checks;

/// <summary>
/// Whether what a rule acts on is all protected from it. Sound, not complete: it knows about cgroups and units that are
/// protected whatever runs in them, and says no to what it cannot tell.
/// </summary>
public static class Protection
{
    private const int LeastAdjustment = -1000;
    private const int MostAdjustment = 1000;

    /// <summary>Regular expressions that are found in whatever a process says of itself.</summary>
    private static readonly HashSet<string> OfAnyText =
    [
        "", "^", "$", ".", "^.", ".$", ".*", "^.*", ".*$", "^.*$", ".+", "^.+", ".+$", "^.+$",
    ];

    /// <summary>Whether a matcher leaves nobody.</summary>
    public static bool MatchesAll(Matcher matcher)
    {
        bool asksNothingElse = matcher is { Unit: null, Uid: null, Xattr: null, SessionLeader: false };
        return asksNothingElse && IsOfAll(matcher.Comm) && IsOfAll(matcher.Exe) && IsOfAll(matcher.Cmdline)
            && IsOfAll(matcher.Environ) && IsOfAll(matcher.OomScoreAdj) && IsOfAll(matcher.Cgroup);
    }

    /// <returns>What is wrong with a rule, in words that follow "the rule 'x' ".</returns>
    internal static IReadOnlyList<string> Complaints(Rule rule)
    {
        List<string> complaints = [];
        foreach (RuleAction action in rule.Actions)
        {
            switch (action)
            {
                case KillAction kill:
                    Add(complaints, rule, "kill", kill.From, kill.Protect);
                    AddMeaningless(complaints, kill);
                    break;
                case ChangeAction { IsOfMachine: false } change:
                    Add(complaints, rule, NameOf(change.Kind), change.Of ?? rule.ForEach, change.Protect);
                    break;
            }
        }

        return complaints;
    }

    private static string NameOf(ChangeKind kind) => kind.ToString().ToLowerInvariant();

    private static void Add(
        List<string> complaints, Rule rule, string verb, CgroupPattern? from, ImmutableArray<Matcher> protect)
    {
        if (from is null || Cover(from, rule.ForEach, protect) is not { Count: > 0 } cover)
            return;
        string entries = string.Join("' and '", cover);
        complaints.Add(
            $"has a '{verb}' that never finds anybody: whatever is in '{from.Text}' is protected by '{entries}'; give "
            + "it another pattern, or take that out of 'protect'");
    }

    /// <summary>What is protected is no candidate, and has no place among them.</summary>
    private static void AddMeaningless(List<string> complaints, KillAction kill)
    {
        (string, ImmutableArray<Matcher>)[] orders = [("prefer", kill.Prefer), ("avoid", kill.Avoid)];
        foreach ((string key, ImmutableArray<Matcher> matchers) in orders)
        {
            foreach (Matcher matcher in matchers)
            {
                if (kill.Protect.Any(other => other.Text == matcher.Text))
                {
                    complaints.Add(
                        $"has '{matcher.Text}' under '{key}', which means nothing: the same is protected; take it out "
                        + "of one of the two");
                }
            }
        }
    }

    /// <summary>The matchers that together leave nobody of a pattern; none when they may leave some.</summary>
    private static List<string> Cover(CgroupPattern from, CgroupPattern? match, ImmutableArray<Matcher> protect)
    {
        List<string> cover = [];
        foreach (string start in from.BelowMatch && match is not null ? match.Alternatives : [""])
        {
            foreach (string end in from.Alternatives)
            {
                string path = start.Length == 0 || end.Length == 0 ? start + end : $"{start}/{end}";
                Matcher? found = null;
                foreach (Matcher matcher in protect)
                    found ??= Covers(matcher, path) ? matcher : null;
                if (found is null)
                    return [];
                if (!cover.Contains(found.Text))
                    cover.Add(found.Text);
            }
        }

        return cover;
    }

    private static bool Covers(Matcher matcher, string path)
    {
        bool asksNothingElse = matcher is
        {
            Comm: null, Exe: null, Cmdline: null, Environ: null, Uid: null, OomScoreAdj: null, Xattr: null,
            SessionLeader: false,
        };

        // That one leaves nobody at all is said of it, not of each rule.
        if (!asksNothingElse || MatchesAll(matcher))
            return false;
        return (matcher.Cgroup, matcher.Unit) switch
        {
            ({ } cgroup, null) => IsBelow(cgroup, path),
            (null, { } unit) => IsInUnit(path, unit) || (matcher.AliasOf is { } alias && IsInUnit(path, alias)),
            _ => false,
        };
    }

    /// <summary>Whether the beginning that a path has for certain is in that unit.</summary>
    private static bool IsInUnit(string path, string unit)
    {
        int wild = path.AsSpan().IndexOfAny('*', '?');
        string certain = wild < 0 ? path : path[..(path.LastIndexOf('/', wild) + 1)].TrimEnd('/');
        return UnitNames.Contains(Encoding.UTF8.GetBytes(certain), new CgroupPattern(unit));
    }

    private static bool IsBelow(CgroupPattern cgroup, string path)
    {
        foreach (string alternative in cgroup.Alternatives)
        {
            if (IsBelow(alternative.Split('/'), path.Split('/')))
                return true;
        }

        return false;
    }

    /// <summary>Whether whatever matches a path is what matches a pattern, or below it.</summary>
    private static bool IsBelow(ReadOnlySpan<string> pattern, ReadOnlySpan<string> path)
    {
        if (pattern.IsEmpty)
            return true;

        // What is in a is not below a.
        if (path.IsEmpty)
            return false;
        if (pattern[0] == "**")
            return IsBelow(pattern[1..], path) || IsBelow(pattern, path[1..]);

        // Nothing runs in the root itself.
        if (path[0] == "**")
            return pattern is ["*"] && path.Length == 1;
        return IsWithin(pattern[0], path[0]) && IsBelow(pattern[1..], path[1..]);
    }

    /// <summary>The same of one name.</summary>
    private static bool IsWithin(string pattern, string name)
    {
        if ((pattern == "*" && name.Length > 0) || pattern == name)
            return true;
        bool isCertain = !name.Contains('?') && (!name.Contains('*') || !pattern.Contains('?'));
        return isCertain && new CgroupPattern(pattern).IsMatch(Encoding.UTF8.GetBytes(name));
    }

    private static bool IsOfAll(CgroupPattern? pattern) => pattern is null || IsBelow(pattern, "**");

    private static bool IsOfAll(AdjustmentTest? test)
    {
        // What has the least can never be taken.
        for (int value = LeastAdjustment + 1; value <= MostAdjustment; value++)
        {
            if (test?.Holds(value) == false)
                return false;
        }

        return true;
    }

    private static bool IsOfAll(TextPattern? pattern) => pattern is null || OfAnyText.Contains(pattern.Text);
}
