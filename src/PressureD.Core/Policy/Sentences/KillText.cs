using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using PressureD.Core.Kernel;

namespace PressureD.Core.Policy.Sentences;

/// <summary>Says whom a kill takes, and how.</summary>
internal static class KillText
{
    /// <summary>
    /// Characters; longer lists of matchers are counted, since the shipped policy protects some forty kinds.
    /// </summary>
    private const int MostListed = 70;

    /// <summary>What it does in one line, then how it chooses.</summary>
    public static List<string> Describe(KillAction kill)
    {
        string first = kill.Signal == Signals.Kill ? "KILL" : "TERM";
        string then = kill.Signal == Signals.Kill ? ""
            : $", and KILL if it is still there {QuantityText.Duration(kill.GraceUsec)} later";
        var lines = new List<string>
        {
            $"{(kill.DryRun ? "only say: " : "")}{first} to {Whom(kill)}{then}",
        };
        if (!kill.Culprit.IsEmpty)
            lines.Add($"within the cgroup that {Keys(kill.Culprit)}");
        lines.Add($"the {Noun(kill.Victim)} that {Keys(kill.Rank)}");
        AddBounds(lines, kill);
        AddMatchers(lines, "first of all (prefer)", kill.Prefer);
        AddMatchers(lines, "when there is nobody else (avoid)", kill.Avoid);
        AddMatchers(lines, "never (protect)", kill.Protect);
        if (kill.Prekill is { } prekill)
            lines.Add($"before that {ActionText.Describe(prekill)}");
        if (kill.KillsPerMinute > 0)
            lines.Add($"at most {kill.KillsPerMinute} a minute");
        if (kill.AlwaysContinue)
            lines.Add("goes on with the next step at once, and no cooldown starts by it");
        return lines;
    }

    private static string Noun(VictimKind victim) => victim switch
    {
        VictimKind.Process => "process",
        VictimKind.ProcessGroup => "process group",
        VictimKind.Unit => "unit",
        _ => "cgroup",
    };

    private static string Whom(KillAction kill) => kill.Victim is VictimKind.Cgroup or VictimKind.Unit
        ? $"one whole {Noun(kill.Victim)}{PatternText.Place(kill.From)}"
        : $"one {Noun(kill.Victim)} of {PatternText.Of(kill.From)}";

    private static string Keys(ImmutableArray<RankKey> keys)
    {
        string text = "";
        foreach (RankKey key in keys)
            text += (text.Length == 0 ? "" : ", or else ") + Key(key);
        return text;
    }

    private static string Key(RankKey key) => key switch
    {
        RankKey.Size => "is largest",
        RankKey.Badness => "is the kernel's choice (badness)",
        RankKey.Growth => "grows fastest",
        RankKey.Age => "is youngest",
        RankKey.Swap => "has most on swap",
        RankKey.Pressure => "stalls most on memory",
        RankKey.PageScan => "is scanned most by reclaim",
        RankKey.IoCost => "costs the disks most",
        RankKey.Rss => "holds most memory of all kinds",
        _ => throw new ArgumentOutOfRangeException(nameof(key)),
    };

    private static void AddBounds(List<string> lines, KillAction kill)
    {
        string who = kill.Culprit.IsEmpty ? "it" : "that cgroup";
        if (kill.MinSizeBytes > 0)
            lines.Add($"only if {who} holds at least {QuantityText.Bytes(kill.MinSizeBytes)}");
        if (kill.SmallestUseful)
            lines.Add("not the whole of it when a part holds as much");
        if (kill.StallsOthersRatio > 0)
            lines.Add(
                "only while everything in some cgroup beside it stalls on memory more than "
                + $"{QuantityText.Percent(kill.StallsOthersRatio)} of the time (10 s average)");
    }

    private static void AddMatchers(List<string> lines, string when, ImmutableArray<Matcher> matchers)
    {
        if (matchers.IsEmpty)
            return;
        string list = string.Join("; ", Texts(matchers));
        string kinds = matchers.Length == 1 ? "a kind" : $"{matchers.Length} kinds";
        lines.Add($"{when}: {(list.Length <= MostListed ? list : $"{kinds} that the policy lists")}");
    }

    private static IEnumerable<string> Texts(ImmutableArray<Matcher> matchers)
    {
        foreach (Matcher matcher in matchers)
            yield return matcher.Text;
    }
}
