using System;
using PressureD.Core.Engine;
using PressureD.Core.Incidents;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Core.Sampling;

namespace PressureD.Core.Commands;

/// <summary>Carries commands out on the loop's thread, between two steps.</summary>
internal sealed class CommandRunner
{
    private const long LongestPauseUsec = 24 * 3_600_000_000L;

    /// <summary>A command that waits for something is looked at this often.</summary>
    private const long RetryUsec = 50_000;

    private readonly CommandQueue _queue;
    private readonly KillRunner _kills;
    private readonly IncidentRecorder _incidents;
    private readonly WhyNotAnswer _whyNot;
    private readonly KillAnswer _kill;
    private readonly bool _isDryRunForGood;

    /// <param name="queue">Where commands come from.</param>
    /// <param name="kills">Whose dry run and pause are switched.</param>
    /// <param name="incidents">Told of every change, and keeps what is to be kept.</param>
    /// <param name="whyNot">Answers why a rule does not act.</param>
    /// <param name="kill">Ends those whose end is asked for.</param>
    /// <param name="isDryRunForGood">
    /// The daemon was started as a dry run, beside one that acts or without its store: it must never act.
    /// </param>
    public CommandRunner(
        CommandQueue queue,
        KillRunner kills,
        IncidentRecorder incidents,
        WhyNotAnswer whyNot,
        KillAnswer kill,
        bool isDryRunForGood)
    {
        _queue = queue;
        _kills = kills;
        _incidents = incidents;
        _whyNot = whyNot;
        _kill = kill;
        _isDryRunForGood = isDryRunForGood;
    }

    /// <summary>When the command that waits wants to be looked at; unlimited when none does.</summary>
    public long NextDeadlineUsec { get; private set; } = long.MaxValue;

    /// <summary>Answers what waits, as many commands as the queue holds at most.</summary>
    /// <returns>Whether there was any.</returns>
    public bool Run(long nowUsec, RuleEngine engine, HostSampler host)
    {
        NextDeadlineUsec = long.MaxValue;
        bool any = false;
        for (int i = 0; i < CommandQueue.Slots && _queue.Peek() is { } command; i++)
        {
            any = true;
            if (!TryRun(command, nowUsec, engine, host))
            {
                NextDeadlineUsec = nowUsec + RetryUsec;
                break;
            }

            _queue.Answer();
        }

        return any;
    }

    /// <returns>False when it has to be tried again later.</returns>
    private bool TryRun(Command command, long nowUsec, RuleEngine engine, HostSampler host)
    {
        if (command.SinceUsec == 0)
            command.SinceUsec = nowUsec;
        if (nowUsec >= command.DeadlineUsec)
        {
            command.Fail(CommandOutcome.NotPossible, "the answer would come too late"u8);
            return true;
        }

        switch (command.Kind)
        {
            case CommandKind.Pause:
                Pause(command, nowUsec);
                break;
            case CommandKind.Resume:
                Resume(command, nowUsec);
                break;
            case CommandKind.SetDryRun:
                SetDryRun(command, nowUsec, engine);
                break;
            case CommandKind.ListRules:
                RuleAnswers.List(command.Reply, engine, nowUsec);
                break;
            case CommandKind.ListLimits:
                engine.Standing.List(command.Reply, nowUsec);
                break;
            case CommandKind.Explain:
                if (FindRule(command, engine) is { } explained)
                    RuleAnswers.Explain(command.Reply, explained, nowUsec);
                break;
            case CommandKind.WhyNot:
                return FindRule(command, engine) is not { } silent
                    || _whyNot.Write(command.Reply, silent, engine, host, nowUsec);
            case CommandKind.Record:
                Record(command, nowUsec);
                break;
            case CommandKind.KillByRule:
                return FindRule(command, engine) is not { } chooser
                    || _kill.ByRule(command, chooser, engine, host, nowUsec);
            case CommandKind.KillCgroup or CommandKind.KillProcess:
                return _kill.Named(command, engine, host, nowUsec);
            default:
                command.Fail(CommandOutcome.InvalidArgument, "the loop does not know this command"u8);
                break;
        }

        return true;
    }

    private void Pause(Command command, long nowUsec)
    {
        if (command.Number is <= 0 or > LongestPauseUsec)
        {
            command.Fail(
                CommandOutcome.InvalidArgument,
                "a pause lasts more than nothing and at most 24 h: a machine must not be left unguarded for good"u8);
            return;
        }

        _kills.Pause.Begin(nowUsec + command.Number, command.Text);
        DaemonEvent line = Say(command, nowUsec, EventPriority.Warning, "paused by"u8);
        line.Text.Append(" for "u8).AppendDuration(command.Number);
        AppendReason(line, command.Text);
        _incidents.Commit();
        command.Reply.Unsigned(_kills.Pause.UntilUsec);
    }

    private void Resume(Command command, long nowUsec)
    {
        if (!_kills.Pause.IsOn)
        {
            command.Fail(CommandOutcome.NotPossible, "it is not paused"u8);
            return;
        }

        _kills.Pause.End();
        Say(command, nowUsec, EventPriority.Notice, "resumed by"u8);
        _incidents.Commit();
    }

    private void Record(Command command, long nowUsec)
    {
        if (command.Text.Length == 0)
        {
            command.Fail(CommandOutcome.InvalidArgument, "say what it is kept for"u8);
            return;
        }

        long id = _incidents.Record(command.Text, command.Uid, nowUsec);
        if (id == 0)
        {
            command.Fail(
                CommandOutcome.NotPossible,
                "what was asked for last is still being recorded, or too much happens at once: try again in 10 s"u8);
            return;
        }

        DaemonEvent line = Say(command, nowUsec, EventPriority.Notice, "what the machine looks like is recorded for"u8);
        line.Incident = id;
        AppendReason(line, command.Text);
        _incidents.Commit();
        command.Reply.Unsigned(id);
    }

    private void SetDryRun(Command command, long nowUsec, RuleEngine engine)
    {
        if (_isDryRunForGood && !command.Flag)
        {
            command.Fail(
                CommandOutcome.NotPossible,
                "it was started with --dry-run, possibly beside another one that acts: start it without"u8);
            return;
        }

        if (command.Name.Length == 0)
        {
            _kills.DryRun = command.Flag;
        }
        else
        {
            if (FindRule(command, engine) is not { } rule)
                return;
            rule.DryRunOverride = command.Flag;
        }

        DaemonEvent line = Say(
            command, nowUsec, EventPriority.Warning, command.Flag ? "dry run set by"u8 : "dry run ended by"u8);
        line.Text.Append(command.Rule is null ? " for all rules"u8 : " for rule "u8);
        if (command.Rule is { } one)
        {
            line.Rule = one.Name;
            line.Text.Append(one.Name);
        }

        _incidents.Commit();
    }

    /// <summary>The rule that a command names; without one the command has failed.</summary>
    private static RuleRuntime? FindRule(Command command, RuleEngine engine)
    {
        foreach (RuleRuntime rule in engine.Rules)
        {
            if (!rule.IsNamed(command.Name.Span))
                continue;
            command.Rule = rule.Rule;
            return rule;
        }

        // Whoever passes the answer on looks for what was meant: that takes time and memory.
        command.Fail(CommandOutcome.NoSuchRule, "the policy in force has no rule "u8);
        command.Problem.AppendEscaped(command.Name.Span);
        command.Policy = engine.Policy;
        return null;
    }

    private DaemonEvent Say(Command command, long nowUsec, EventPriority priority, ReadOnlySpan<byte> what)
    {
        DaemonEvent line = _incidents.Begin(DaemonEventKind.Log, nowUsec, priority);
        line.Text.Append(what).Append(" uid "u8).Append((long)command.Uid);
        return line;
    }

    private static void AppendReason(DaemonEvent line, string reason)
    {
        if (reason.Length > 0)
            line.Text.Append(": "u8).Append(reason);
    }
}
