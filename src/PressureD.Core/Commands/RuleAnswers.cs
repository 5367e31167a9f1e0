using System;
using PressureD.Core.Engine;
using PressureD.Core.Policy;

namespace PressureD.Core.Commands;

/// <summary>How rules stand, as answers.</summary>
internal static class RuleAnswers
{
    /// <summary>Matches that one answer describes at most; those that are nearest to acting come first.</summary>
    private const int MostMatches = 20;

    /// <summary>
    /// a(sssbbuutt): name, place, phase, dry run, degraded, matches, active matches, last act, cooldown's end; and
    /// whether these are all.
    /// </summary>
    public static void List(ReplyBuffer reply, RuleEngine engine, long nowUsec)
    {
        reply.OpenArray("(sssbbuutt)"u8);
        foreach (RuleRuntime rule in engine.Rules)
        {
            MatchPhase phase = rule.AsleepPhase ?? MatchPhase.Idle;
            int active = 0;
            long lastActUsec = 0;
            long cooldownEndUsec = 0;
            foreach (MatchState match in rule.Matches)
            {
                phase = match.Phase > phase ? match.Phase : phase;
                active += match.Phase == MatchPhase.Active ? 1 : 0;
                lastActUsec = Math.Max(lastActUsec, match.LastActUsec);
                cooldownEndUsec = Math.Max(cooldownEndUsec, match.CooldownEndUsec(nowUsec));
            }

            reply.OpenStruct("sssbbuutt"u8)
                .Text(rule.Rule.Name)
                .Text(rule.Rule.Source)
                .Text(PhaseName(phase))
                .Boolean(rule.IsDryRun)
                .Boolean(rule.IsDegraded)
                .Count(rule.MatchCount)
                .Count(active)
                .Unsigned(lastActUsec)
                .Unsigned(cooldownEndUsec);
            if (!reply.CloseStruct())
                break;
        }

        bool all = !reply.IsTruncated;
        reply.CloseArray().Boolean(all);
    }

    /// <summary>
    /// u and a(ssstt): how many matches there are, and of those nearest to acting the cgroup, the phase, the condition
    /// (true, false, unknown), since when it is so, and the cooldown's end.
    /// </summary>
    public static void Explain(ReplyBuffer reply, RuleRuntime rule, long nowUsec)
    {
        reply.Count(rule.MatchCount).OpenArray("(ssstt)"u8);
        int written = 0;
        for (MatchPhase phase = MatchPhase.Active; phase >= MatchPhase.Idle && written < MostMatches; phase--)
        {
            foreach (MatchState match in rule.Matches)
            {
                if (match.Phase != phase || written++ >= MostMatches)
                    continue;
                reply.OpenStruct("ssstt"u8)
                    .Text(match.Cgroup is { } cgroup ? cgroup.Path : default)
                    .Text(PhaseName(phase))
                    .Text(ConditionReport.NameOf(match.When))
                    .Unsigned(match.WhenSinceUsec)
                    .Unsigned(match.CooldownEndUsec(nowUsec));
                reply.CloseStruct();
            }
        }

        reply.CloseArray();
    }

    public static ReadOnlySpan<byte> PhaseName(MatchPhase phase) => phase switch
    {
        MatchPhase.Idle => "idle"u8,
        MatchPhase.Pending => "pending"u8,
        _ => "active"u8,
    };
}
