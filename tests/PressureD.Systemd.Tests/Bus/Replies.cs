using System;
using PressureD.Core.Commands;
using PressureD.Systemd.Bus;

namespace PressureD.Systemd.Tests.Bus;

/// <summary>The loop's answers, as it puts them.</summary>
internal static class Replies
{
    /// <summary>To ListRules.</summary>
    internal static void Rules(Command command, params ReadOnlySpan<RuleStatus> rules)
    {
        command.Reply.OpenArray("(sssbbuutt)"u8);
        foreach (RuleStatus rule in rules)
        {
            command.Reply.OpenStruct("sssbbuutt"u8)
                .Text(rule.Name).Text(rule.Source).Text(rule.Phase).Boolean(rule.DryRun).Boolean(rule.Degraded)
                .Count((int)rule.Matches).Count((int)rule.ActiveMatches)
                .Unsigned(rule.LastActUsec).Unsigned(rule.CooldownEndUsec).CloseStruct();
        }

        command.Reply.CloseArray().Boolean(true);
    }

    /// <summary>To ListLimits.</summary>
    internal static void Limits(Command command, params ReadOnlySpan<StandingLimit> limits)
    {
        command.Reply.OpenArray("(ssssb)"u8);
        foreach (StandingLimit limit in limits)
        {
            command.Reply.OpenStruct("ssssb"u8)
                .Text(limit.Cgroup).Text(limit.File).Text(limit.Value).Text(limit.Before).Boolean(limit.IsSet)
                .CloseStruct();
        }

        command.Reply.CloseArray().Boolean(true);
    }

    /// <summary>To WhyNot.</summary>
    internal static void WhyNot(Command command, ExpectedVictim? victim, params ReadOnlySpan<WhyNotReason> reasons)
    {
        command.Reply.Count((int)(victim?.Pid ?? 0)).Text(victim?.Comm ?? "").Text(victim?.Cgroup ?? "")
            .Unsigned(victim?.Bytes ?? 0).OpenArray("(ssst)"u8);
        foreach (WhyNotReason reason in reasons)
        {
            command.Reply.OpenStruct("ssst"u8)
                .Text(reason.Kind).Text(reason.Cgroup).Text(reason.Text).Unsigned(reason.UntilUsec).CloseStruct();
        }

        command.Reply.CloseArray();
    }
}
