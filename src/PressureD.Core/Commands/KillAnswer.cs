using System;
using PressureD.Core.Engine;
using PressureD.Core.Incidents;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Core.Sampling;
using PressureD.Core.Victims;

namespace PressureD.Core.Commands;

/// <summary>
/// Ends somebody because a person asks for it: whom a rule would choose, or who is named. Who is never a victim is none
/// here either.
/// </summary>
internal sealed class KillAnswer
{
    /// <summary>How long a choice waits for what workers read; after that, unreadable counts as protected.</summary>
    private const long PatienceUsec = 300_000;

    /// <summary>How long it waits for those who are dying: then what they hold is on its way, or they hang.</summary>
    private const long DyingUsec = 2 * KillFlights.CreditUsec;

    private readonly IncidentRecorder _incidents;
    private readonly KillRunner _kills;
    private readonly KillFlights _flights;
    private readonly VictimSelector _selector;
    private readonly Victim _victim = new();
    private readonly TextBuffer _text = new(1024);
    private readonly DaemonEvent _line = new();

    public KillAnswer(IncidentRecorder incidents, KillRunner kills, KillFlights flights, VictimSelector selector)
    {
        _incidents = incidents;
        _kills = kills;
        _flights = flights;
        _selector = selector;
    }

    /// <summary>
    /// Ends whom a rule would end, by its first kill: its candidates, order, protections, sizes and brake count, its
    /// condition does not. No program of <c>prekill</c> runs.
    /// </summary>
    /// <returns>False when it has to be asked again later.</returns>
    public bool ByRule(Command command, RuleRuntime rule, RuleEngine engine, HostSampler host, long nowUsec)
    {
        CompiledKill? kill = Array.Find(rule.Kills, static kill => kill is not null);
        if (kill is null)
        {
            command.Fail(CommandOutcome.InvalidArgument, "the rule kills nobody"u8);
            return true;
        }

        if (FindMatch(command, rule, kill) is not { } match || IsBraked(command, rule, kill, engine, nowUsec))
            return true;
        long waitedUsec = nowUsec - command.SinceUsec;
        if (_flights.AnyDying(nowUsec) && waitedUsec < DyingUsec)
            return false;
        bool mayWait = waitedUsec < DyingUsec + PatienceUsec;
        Selection selection = _selector.Select(kill, match.Cgroup, nowUsec, mayWait, _victim, _text);
        bool mayBeWrong = selection == Selection.Found && _kills.IsSomebodyLeaving(_victim, nowUsec);
        if (selection == Selection.Waiting || (mayBeWrong && waitedUsec < DyingUsec))
            return false;
        if (match.IsGone)
            command.Fail(CommandOutcome.NotPossible, "the cgroup that the rule watches has gone"u8);
        else if (selection == Selection.Nobody)
            Fail(command, CommandOutcome.NotPossible, "nobody qualifies"u8, _text);
        else
            End(command, rule, match, kill, host, nowUsec);
        return true;
    }

    /// <summary>Ends the process or cgroup that is named, as a rule would that says nothing of how.</summary>
    /// <returns>False when it has to be asked again later.</returns>
    public bool Named(Command command, RuleEngine engine, HostSampler host, long nowUsec)
    {
        CompiledKill kill = engine.OfNamed;
        bool mayWait = nowUsec - command.SinceUsec < PatienceUsec;
        Refusal refusal;
        Selection selection = command.Kind == CommandKind.KillCgroup
            ? _selector.SelectCgroup(kill, command.Name.Span.Trim((byte)'/'), nowUsec, mayWait, _victim, out refusal)
            : _selector.SelectProcess(
                kill,
                (int)Math.Min(command.Number, int.MaxValue),
                command.StartTicks,
                nowUsec,
                mayWait,
                _victim,
                out refusal);
        if (selection == Selection.Waiting)
            return false;
        if (selection == Selection.Found)
            End(command, null, null, kill, host, nowUsec);
        else
            Refuse(command, refusal);
        return true;
    }

    /// <summary>
    /// The match whose candidates count: where all have the same, any; else the one that is nearest to acting, if it
    /// is the only one.
    /// </summary>
    private static MatchState? FindMatch(Command command, RuleRuntime rule, CompiledKill kill)
    {
        MatchState? nearest = null;
        bool isOnly = true;
        foreach (MatchState match in rule.Matches)
        {
            if (nearest is not null && match.Phase < nearest.Phase)
                continue;
            isOnly = nearest is null || match.Phase > nearest.Phase;
            nearest = match;
        }

        if (nearest is null)
        {
            command.Fail(CommandOutcome.NotPossible, "there is no cgroup that the rule watches"u8);
            return null;
        }

        isOnly &= !(rule.AsleepPhase >= nearest.Phase);
        if (isOnly || !kill.Action.From.BelowMatch)
            return nearest;
        command.Fail(
            CommandOutcome.NotPossible,
            "the rule takes from each cgroup that it watches, and several are as near to acting: name a cgroup"u8);
        return null;
    }

    private bool IsBraked(Command command, RuleRuntime rule, CompiledKill kill, RuleEngine engine, long nowUsec)
    {
        BrakeState state = command.Flag ? default : _kills.BrakeOf(rule, kill, engine.Policy, nowUsec);
        if (state.Reason == BrakeReason.None)
            return false;
        _text.Clear();
        if (state.Reason == BrakeReason.Futile)
            _text.Append("the last deaths freed less than a quarter of what they should have"u8);
        else
            _text.AppendCount(state.Limit, "kill within a minute is"u8, "kills within a minute are"u8)
                .Append(" used up, the next at the earliest in "u8)
                .AppendDuration(state.UntilUsec - nowUsec);
        Fail(command, CommandOutcome.NotPossible, "the brake holds it back"u8, _text);
        return true;
    }

    private void End(
        Command command, RuleRuntime? rule, MatchState? match, CompiledKill kill, HostSampler host, long nowUsec)
    {
        bool isDryRun = command.Flag || _kills.IsDryRun(rule, kill);
        KillFlight? flight = _flights.Find(_victim);
        Describe(rule, kill, isLeaving: flight is not null, isDryRun, command.Uid, nowUsec);
        if (!isDryRun && !TrySend(command, ref flight, rule, match, kill, host, nowUsec))
            return;
        long incident = 0;
        if (!command.Flag)
        {
            incident = _incidents.OpenAsked(rule?.Rule, match, command.Uid, nowUsec);
            if (flight is not null && !isDryRun)
                flight.Incident = incident;
            _incidents.Begin(_line.Kind, nowUsec, _line.Priority).CopyFrom(_line);
            _incidents.Commit();
            _incidents.Focus(null as MatchState);
            _incidents.NoteChoice(incident, rule is null ? null : _selector.Report, _victim);
        }

        if (rule is not null && !isDryRun)
            _kills.NoteAsked(match, rule.Hash, nowUsec, host, !kill.Action.AlwaysContinue);
        command.Reply.Boolean(!isDryRun)
            .Count(_victim.Pid)
            .Text(_victim.Comm.Span)
            .Text(_victim.Path.Span)
            .Unsigned(_victim.SizeBytes)
            .Unsigned(incident)
            .Text(_line.Text.Span);
    }

    /// <returns>False when nothing was sent: the command has failed.</returns>
    private bool TrySend(
        Command command, ref KillFlight? flight, RuleRuntime? rule, MatchState? match, CompiledKill kill,
        HostSampler host, long nowUsec)
    {
        host.Resample(nowUsec);
        int result;
        if (flight is not null)
        {
            // It was asked to leave already. Whoever asks once more wants it to be gone.
            result = _flights.Escalate(flight, nowUsec, host.Raw);
            flight.IsAsked |= result >= 0;
        }
        else if (_flights.HasPlaceFor(kill.Action.Signal) && _flights.Free() is { } free)
        {
            flight = free;
            flight.Victim.CopyFrom(_victim);
            result = _kills.SendAsked(flight, rule, match, kill, nowUsec, host);
        }
        else
        {
            command.Fail(CommandOutcome.NotPossible, "as many victims as there can be are on their way already"u8);
            return false;
        }

        if (result >= 0)
            return true;
        if (Errno.IsGone(result))
        {
            command.Fail(CommandOutcome.NoSuchVictim, "it went by itself"u8);
            return false;
        }

        _text.Clear().Append(Errno.Name(result));
        Fail(command, CommandOutcome.NotPossible, "it cannot be signalled"u8, _text);
        return false;
    }

    private void Describe(
        RuleRuntime? rule, CompiledKill kill, bool isLeaving, bool isDryRun, uint uid, long nowUsec)
    {
        bool isKill = isLeaving || kill.Action.Signal == Signals.Kill;
        ReadOnlySpan<byte> verb = isDryRun
            ? isKill ? "dry run, would send KILL to"u8 : "dry run, would send TERM to"u8
            : isLeaving ? "KILL, before its grace is over, to"u8
            : isKill ? "KILL to"u8 : "TERM to"u8;
        _line.Reset(DaemonEventKind.SignalSent, nowUsec, EventPriority.Warning);
        _line.DryRun = isDryRun;
        KillRunner.Describe(_line, rule?.Rule.Name, _victim, verb, isNamed: rule is null);
        _line.Text.Append("; because user "u8).Append((long)uid).Append(" asked for it"u8);
    }

    private void Refuse(Command command, Refusal refusal)
    {
        bool isProcess = command.Kind == CommandKind.KillProcess;
        _text.Clear();
        if (refusal == Refusal.Gone)
        {
            if (isProcess)
                _text.Append("there is no process "u8).Append(command.Number);
            else
                _text.Append("there is no cgroup with processes "u8).AppendEscaped(command.Name.Span);
            command.Fail(CommandOutcome.NoSuchVictim, _text.Span);
            return;
        }

        _text.Append(RefusalText.Of(refusal));
        if (refusal == Refusal.AlreadyDying)
            command.Fail(CommandOutcome.NotPossible, "it is dying already"u8);
        else if (isProcess)
            Fail(command, CommandOutcome.Protected, "it is never ended"u8, _text);
        else
            Fail(command, CommandOutcome.Protected, "it, or somebody in it, is never ended"u8, _text);
    }

    private static void Fail(Command command, CommandOutcome outcome, ReadOnlySpan<byte> what, TextBuffer why)
    {
        command.Fail(outcome, what);
        if (why.Length > 0)
            command.Problem.Append(": "u8).Append(why.Span);
    }
}
