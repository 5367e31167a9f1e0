using System;
using PressureD.Core.Durable;
using PressureD.Core.Incidents;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Core.Readers;
using PressureD.Core.Sampling;
using PressureD.Core.Services;
using PressureD.Core.Victims;

namespace PressureD.Core.Engine;

/// <summary>Carries out kill actions: brake, choice, re-check, signal, and the account of each death.</summary>
internal sealed class KillRunner
{
    /// <summary>How long a choice waits for what workers read; after that, unreadable counts as protected.</summary>
    private const long ChoicePatienceUsec = 200_000;

    /// <summary>A rule that is held back or finds nobody says so once in this time.</summary>
    private const long RefusalIntervalUsec = 10_000_000;

    /// <summary>A dry run that finds the same trouble again says so once in this time.</summary>
    private const long DryRunIntervalUsec = 10_000_000;

    private readonly IKernel _kernel;
    private readonly RunLedger _ledger;
    private readonly IEventSink _sink;
    private readonly IncidentRecorder _incidents;
    private readonly VictimSelector _selector;
    private readonly KillFlights _flights;
    private readonly Brake _brake;
    private readonly Prekill _prekill;
    private readonly Victim _chosen = new();
    private readonly CandidateReport _beforeHook = new();
    private readonly TextBuffer _passedOver = new(512);
    private readonly TextBuffer _held = new(256);
    private readonly TextBuffer _withoutHook = new(128);
    private readonly byte[] _buffer = new byte[16 * 1024];
    private long _step;
    private long _chosenStep = -1;
    private bool _launchedThisStep;
    private MatchState? _launchedBy;
    private int _futileKills = PolicySet.DefaultFutileKills;

    public KillRunner(
        IKernel kernel,
        RunLedger ledger,
        IncidentRecorder incidents,
        VictimSelector selector,
        KillFlights flights,
        Brake brake,
        ServiceDesk desk)
    {
        _kernel = kernel;
        _ledger = ledger;
        _sink = incidents;
        _incidents = incidents;
        _selector = selector;
        _flights = flights;
        _brake = brake;
        _prekill = new Prekill(desk);
    }

    /// <summary>Why nobody is signalled while all places are taken.</summary>
    public static ReadOnlySpan<byte> NoPlace =>
        "as many victims as there can be at a time have been signalled and are not gone"u8;

    /// <summary>How conditions are looked at again before a kill; the engine in force gives it.</summary>
    public ConditionRecheck? Recheck { get; set; }

    /// <summary>Whether nothing is signalled.</summary>
    public bool DryRun { get; set; }

    /// <summary>While it is on, nobody is chosen, and whoever was asked to leave is left alone.</summary>
    public Pause Pause { get; } = new();

    /// <summary>Victims that died, since start.</summary>
    public long Kills { get; private set; }

    /// <summary>Whether a rule looked for somebody to kill in this step.</summary>
    public bool IsChoosing => _chosenStep == _step;

    /// <summary>Whether something wanted to kill in this step.</summary>
    public bool WantedToKill { get; private set; }

    public void BeginStep()
    {
        _launchedThisStep = false;
        _launchedBy = null;
        WantedToKill = false;
        if (Pause.IsOn)
            _prekill.Drop();
        else if (_prekill.IsMoot)
            _prekill.End();
        _step++;
    }

    /// <summary>The matches are another policy's now.</summary>
    public void FollowMatches() => _prekill.FollowMatches();

    /// <summary>Moves every flight on and draws the accounts of the dead.</summary>
    public void AdvanceFlights(long nowUsec, HostSampler host, Func<KillFlight, bool> isPressed)
    {
        foreach (KillFlight flight in _flights.All)
        {
            if (flight.Stage == FlightStage.Free)
                continue;
            _incidents.Focus(flight);
            FlightOutcome outcome = _flights.Advance(
                flight, nowUsec, isPressed(flight), host.Raw);
            switch (outcome)
            {
                case FlightOutcome.Due:
                    KillIfStillDue(flight, nowUsec, host);
                    break;
                case FlightOutcome.Died:
                    NoteDeath(flight, nowUsec, host);
                    break;
                case FlightOutcome.Settled:
                    Account(flight, nowUsec);
                    break;
                case FlightOutcome.Resisted:
                    SayResisted(flight, nowUsec);
                    break;
                case FlightOutcome.Left:
                    Say(
                        flight, nowUsec, EventPriority.Notice,
                        "left alone"u8, "pressure is over, it ignored TERM for "u8);
                    break;
            }

            // What others say from here on is none of its incident's.
            if (flight.Incident != 0)
                _incidents.Focus(null as MatchState);
            if (flight.Stage == FlightStage.Free)
                flight.Clear();
        }
    }

    private void NoteDeath(KillFlight flight, long nowUsec, HostSampler host)
    {
        // No rule has acted, and none has to wait for that.
        if (flight.IsNamed)
            return;
        bool cools = flight.Kill is not { Action.AlwaysContinue: true };
        if (flight.IsAsked)
            NoteAsked(flight.Match, flight.RuleHash, nowUsec, host, cools);
        else
            NoteAct(flight.Match, flight.RuleHash, nowUsec, host, cools);
        if (flight.Match is { } match)
            match.DeathSeen = true;
    }

    /// <summary>
    /// The grace may have been minutes, and the policy or the victim may be another since: both are asked again.
    /// </summary>
    private void KillIfStillDue(KillFlight flight, long nowUsec, HostSampler host)
    {
        if (flight.Kill is not { } kill)
        {
            LeaveAlone(flight, nowUsec, "its rule is no more"u8);
            return;
        }

        if (IsDryRun(flight.Rule, kill))
        {
            LeaveAlone(flight, nowUsec, "nothing is killed in a dry run"u8);
            return;
        }

        if (Pause.IsOn && !flight.IsAsked)
        {
            LeaveAlone(flight, nowUsec, "actions are paused"u8);
            return;
        }

        if (flight.ExaminingSinceUsec == 0)
            flight.ExaminingSinceUsec = nowUsec;
        bool mayWait = nowUsec - flight.ExaminingSinceUsec < ChoicePatienceUsec;

        // Its own flight would make it one that is dying already.
        FlightStage stage = flight.Stage;
        flight.Stage = FlightStage.Term;
        Selection selection = _selector.Reexamine(
            kill, flight.Match?.Cgroup, flight.Victim, nowUsec, mayWait, out Refusal refusal);
        flight.Stage = stage;
        if (selection == Selection.Waiting)
            return;
        flight.ExaminingSinceUsec = 0;
        if (refusal == Refusal.Gone)
            return;
        if (refusal != Refusal.None)
            LeaveAlone(flight, nowUsec, RefusalText.Of(refusal));
        else if (flight.IsKillUnsure)
            Repeat(flight, nowUsec);
        else
            Escalate(flight, nowUsec, host);
    }

    private void Escalate(KillFlight flight, long nowUsec, HostSampler host)
    {
        if (IsRefused(flight, _flights.Escalate(flight, nowUsec, host.Raw), nowUsec))
            return;
        SayKill(flight, nowUsec, "KILL to"u8, "asked to leave, it has not in "u8);
    }

    private void Repeat(KillFlight flight, long nowUsec)
    {
        if (IsRefused(flight, _flights.Repeat(flight), nowUsec))
            return;
        SayKill(flight, nowUsec, "KILL once more to"u8, "it still lives after "u8);
    }

    /// <summary>
    /// Whether KILL could not be sent to one that TERM could, as a security module may have it. It is given up then, or
    /// sent KILL at the next step if we were short of something.
    /// </summary>
    private bool IsRefused(KillFlight flight, int result, long nowUsec)
    {
        if (result >= 0 || Errno.IsGone(result))
            return false;
        if (IsShortage(result))
        {
            if (flight is { Rule: { } rule, Match: { } match })
                Refuse(rule, match, nowUsec, "out of descriptors or memory at this moment"u8, default);
            return true;
        }

        _flights.Shunned.AddUnsignalled(flight.Victim.Identity, nowUsec);
        DaemonEvent line = _sink.Begin(DaemonEventKind.Log, nowUsec, EventPriority.Error);
        Describe(line, flight, "cannot send KILL to"u8);
        line.Text.Append(": "u8).Append(Errno.Name(result));
        _sink.Commit();
        _flights.Leave(flight);
        return true;
    }

    private void SayKill(KillFlight flight, long nowUsec, ReadOnlySpan<byte> verb, ReadOnlySpan<byte> why)
    {
        Say(flight, nowUsec, EventPriority.Warning, verb, why);
        if (flight.Match is { } match)
            _incidents.NoteEffect(match, nowUsec);
    }

    private void LeaveAlone(KillFlight flight, long nowUsec, ReadOnlySpan<byte> why)
    {
        DaemonEvent line = _sink.Begin(DaemonEventKind.Log, nowUsec, EventPriority.Notice);
        Describe(line, flight, "left alone"u8);
        line.Text.Append(": "u8).Append(why).Append(", first signalled "u8)
            .AppendDuration(nowUsec - flight.SignalUsec).Append(" ago"u8);
        _sink.Commit();
        _flights.Leave(flight);
    }

    /// <summary>
    /// Whether a choice may have fallen on somebody who was not signalled yet only because another one is leaving:
    /// memory that is being given back is nobody's any more in /proc.
    /// </summary>
    public bool IsSomebodyLeaving(Victim victim, long nowUsec)
    {
        if (_flights.Find(victim) is not null)
            return false;
        long leavingBytes = _selector.LeavingBytes(nowUsec);
        return _flights.AnyLeaving() || (leavingBytes > 0 && leavingBytes >= victim.SizeBytes);
    }

    /// <summary>Whether a kill is held back now, why, and until when.</summary>
    public BrakeState BrakeOf(RuleRuntime rule, CompiledKill kill, PolicySet policy, long nowUsec) =>
        IsDryRun(rule, kill) ? default : _brake.Of(rule.Hash, kill.Action.KillsPerMinute, policy, nowUsec);

    /// <summary>One step of a kill action of a running chain.</summary>
    public ChainResult Run(
        RuleRuntime rule, MatchState match, CompiledKill kill, long nowUsec, HostSampler host, PolicySet policy)
    {
        ChainResult result = Choose(rule, match, kill, nowUsec, host, policy);
        if (!kill.Action.AlwaysContinue)
            return result;

        // The chain does not wait for what becomes of a victim, and does not end for want of one.
        bool undecided = result == ChainResult.Waiting && !ReferenceEquals(_launchedBy, match);
        return undecided ? ChainResult.Waiting : ChainResult.Next;
    }

    /// <summary>Whether a kill of a rule, or of somebody who was named, is only said.</summary>
    public bool IsDryRun(RuleRuntime? rule, CompiledKill kill) =>
        DryRun || rule is { IsDryRun: true } || kill.Action.DryRun;

    /// <summary>
    /// Sends the first signal to a victim because somebody asks for it: neither a condition nor a pause has a say, but
    /// it counts for the rule by which it was chosen, if there is one.
    /// </summary>
    /// <returns>0, or a negative errno, after which the flight is discarded.</returns>
    public int SendAsked(
        KillFlight flight, RuleRuntime? rule, MatchState? match, CompiledKill kill, long nowUsec, HostSampler host)
    {
        flight.BelongTo(rule, match, kill);
        flight.IsAsked = true;
        int result = Send(flight, nowUsec, host);
        if (result >= 0 && rule is not null)
            _brake.NoteKill(rule.Hash, nowUsec);
        return result;
    }

    private ChainResult Choose(
        RuleRuntime rule, MatchState match, CompiledKill kill, long nowUsec, HostSampler host, PolicySet policy)
    {
        WantedToKill = true;
        _futileKills = policy.FutileKills;
        if (_flights.IsFlying(match, nowUsec) || _launchedThisStep || _flights.AnyDying(nowUsec))
            return ChainResult.Waiting;
        if (match.DeathSeen)
        {
            match.DeathSeen = false;
            return ChainResult.Next;
        }

        bool hasHook = ReferenceEquals(_prekill.Owner, match);
        if (!hasHook && nowUsec < match.ChooseAgainUsec)
            return ChainResult.Stop;
        if (IsBraked(rule, match, BrakeOf(rule, kill, policy, nowUsec), nowUsec))
        {
            if (hasHook)
                _prekill.End();
            return ChainResult.Stop;
        }

        // What the last deaths freed may be what engages the brake.
        if (!IsDryRun(rule, kill) && _brake.PoorDeaths + _flights.CountSettling() >= _futileKills)
            return ChainResult.Waiting;
        KillFlight? flight = _flights.Free();
        if (flight is null)
        {
            Refuse(rule, match, nowUsec, NoPlace, default);
            return ChainResult.Waiting;
        }

        if (hasHook)
            return RunAfterHook(rule, match, kill, flight, nowUsec, host);

        // Nobody dies before it is known again, and to look at everybody until then would be dear.
        if (match.When == Truth.Unknown)
            return ChainResult.Waiting;

        // A choice that this match did not go on with must not use up the patience of its next one.
        if (match.ChoosingSinceUsec == 0 || match.ChoosingStep != _step - 1)
            match.ChoosingSinceUsec = nowUsec;
        match.ChoosingStep = _step;
        _chosenStep = _step;
        bool mayWait = nowUsec - match.ChoosingSinceUsec < ChoicePatienceUsec;
        Selection selection = _selector.Select(kill, match.Cgroup, nowUsec, mayWait, flight.Victim, _passedOver);
        if (selection == Selection.Waiting)
            return ChainResult.Waiting;
        match.ChoosingSinceUsec = 0;

        // Choosing looks at the tree anew, and the match may have gone with it.
        if (match.IsGone)
            return ChainResult.Stop;
        if (selection == Selection.Nobody)
        {
            // Measured from the beginning of the step: all its choices share one look.
            match.ChooseAgainUsec = LookRest.UntilUsec(nowUsec, _kernel.NowUsec);
            rule.Outlook!.NoteNobody(_passedOver, match.Cgroup, nowUsec);
            Refuse(rule, match, nowUsec, "nobody qualifies: "u8, _passedOver.Span);
            _incidents.NoteCandidates(match, _selector.Report);
            return ChainResult.Stop;
        }

        rule.Outlook!.NoteVictim(flight.Victim, nowUsec);
        Truth still = Reconsider(match, host);
        if (still == Truth.Unknown)
            return ChainResult.Waiting;
        if (still == Truth.False)
        {
            Refuse(rule, match, nowUsec, "it was over before the kill"u8, default);
            return ChainResult.Stop;
        }

        if (WaitsForLeavers(match, flight.Victim, nowUsec) || WaitsForPlace(rule, match, kill, flight.Victim, nowUsec))
            return ChainResult.Waiting;
        if (IsDryRun(rule, kill))
            return Pretend(rule, match, kill, flight, _selector.Report, nowUsec, host);
        return kill.Action.Prekill is { } hook && WaitsForHook(match, hook, flight.Victim, host, nowUsec)
            ? ChainResult.Waiting
            : Launch(rule, match, kill, flight, _selector.Report, nowUsec, host);
    }

    /// <summary>
    /// The victim is chosen, and a program runs before its end: once that is over, both are asked again.
    /// </summary>
    private ChainResult RunAfterHook(
        RuleRuntime rule, MatchState match, CompiledKill kill, KillFlight flight, long nowUsec, HostSampler host)
    {
        if (!_prekill.IsOver(nowUsec))
            return ChainResult.Waiting;
        _chosenStep = _step;
        bool mayWait = nowUsec - _prekill.OverUsec < ChoicePatienceUsec;
        Selection selection = _selector.Reexamine(
            kill, match.Cgroup, _prekill.Victim, nowUsec, mayWait, out Refusal refusal);
        if (selection == Selection.Waiting
            || (refusal == Refusal.None && WaitsForLeavers(match, _prekill.Victim, nowUsec))
            || (refusal == Refusal.None && WaitsForPlace(rule, match, kill, _prekill.Victim, nowUsec)))
        {
            return ChainResult.Waiting;
        }

        // Whoever was chosen long ago need not be the one to blame any more.
        Truth still = match.IsGone ? Truth.False : Reconsider(match, host);
        if (refusal == Refusal.None && still == Truth.Unknown && mayWait)
            return ChainResult.Waiting;
        _prekill.End();
        if (match.IsGone)
            return ChainResult.Stop;
        if (refusal != Refusal.None)
        {
            // The next step chooses anew, if there is still cause.
            _incidents.NoteHeldBack(match, nowUsec, "the one to die changed meanwhile: "u8, RefusalText.Of(refusal));
            return ChainResult.Waiting;
        }

        if (still == Truth.Unknown)
            return ChainResult.Waiting;
        if (still == Truth.False)
        {
            Refuse(rule, match, nowUsec, "it was over before the kill"u8, default);
            return ChainResult.Stop;
        }

        flight.Victim.CopyFrom(_prekill.Victim);
        if (IsDryRun(rule, kill))
            return Pretend(rule, match, kill, flight, _beforeHook, nowUsec, host);
        _withoutHook.Clear();
        return Launch(rule, match, kill, flight, _beforeHook, nowUsec, host);
    }

    /// <summary>The program before a kill: why it is not run is noted, and said with the kill.</summary>
    /// <returns>Whether the kill has to wait for a program to end.</returns>
    private bool WaitsForHook(MatchState match, RunAction hook, Victim victim, HostSampler host, long nowUsec)
    {
        _withoutHook.Clear();

        // Whoever was signalled already has had it.
        if (_flights.Find(victim) is { Stage: not FlightStage.Free })
            return false;
        if (_prekill.Owner is null)
        {
            _beforeHook.CopyFrom(_selector.Report);
            long incident = _incidents.GiveOut(match);
            if (_prekill.Begin(match, hook, victim, incident, host, nowUsec, out ReadOnlySpan<byte> why))
                return true;
            _withoutHook.Append(why);
            return false;
        }

        // Another kill's program runs. Its own time is the most that this one waits.
        if (match.PrekillDeadlineUsec == 0)
            match.PrekillDeadlineUsec = nowUsec + hook.TimeoutUsec;
        if (nowUsec < match.PrekillDeadlineUsec)
            return true;
        _withoutHook.Append("another kill's program outlasted the time that this one had"u8);
        return false;
    }

    /// <summary>
    /// Runs the whole way up to the signal without sending it, so that its code and memory are resident.
    /// </summary>
    public void Rehearse(CompiledKill kill, MatchState match, long nowUsec, HostSampler host)
    {
        _selector.Select(kill, match.Cgroup, nowUsec, mayWait: false, _chosen, _passedOver);
        Reconsider(match, host);
        IsSomebodyLeaving(_chosen, nowUsec);
        KillFlight? flight = _flights.Free();
        if (flight is null)
            return;
        flight.Victim.Clear();
        int pid = _kernel.Features.OwnPid;
        int length = _kernel.ReadProcess(pid, ProcessFile.Stat, _buffer);
        if (length > 0 && ProcessStatReader.TryRead(_buffer.AsSpan(0, length), out ProcessStat stat))
            flight.Victim.Identity = VictimIdentity.OfProcess(pid, stat.StartTicks);
        if (_flights.Open(flight) >= 0)
            _flights.Discard(flight);
        DaemonEvent line = _sink.Begin(DaemonEventKind.SignalSent, nowUsec, EventPriority.Debug);
        Describe(line, match.Rule.Name, flight.Victim, "rehearsal of"u8);
        AppendWhy(line.Text, match, host, nowUsec);
    }

    /// <summary>Pressure is over everywhere: the brake lets go.</summary>
    public void NoteCalm(long nowUsec)
    {
        // Single deaths that freed little stay in mind: calm comes and goes while a victim's memory is counted on.
        if (_brake.PoorDeaths < _futileKills)
            return;
        _brake.Release();
        DaemonEvent line = _sink.Begin(DaemonEventKind.Braked, nowUsec, EventPriority.Notice);
        line.Text.Append("brake released: no rule wants to kill any more"u8);
        _sink.Commit();
    }

    private ChainResult Launch(
        RuleRuntime rule,
        MatchState match,
        CompiledKill kill,
        KillFlight flight,
        CandidateReport among,
        long nowUsec,
        HostSampler host)
    {
        Victim victim = flight.Victim;
        KillFlight? earlier = _flights.Find(victim);
        if (earlier is not null && !ReferenceEquals(earlier, flight))
        {
            match.Victim?.CopyFrom(victim);
            ChainResult result = Hasten(rule, match, kill, earlier, nowUsec, host);
            if (ReferenceEquals(earlier.Match, match))
                _incidents.NoteChoice(match, among, victim);
            return result;
        }

        flight.BelongTo(rule, match, kill);
        int sent = Send(flight, nowUsec, host);
        if (sent < 0)
            return Fail(rule, match, victim, sent, nowUsec);

        _launchedThisStep = true;
        _launchedBy = match;
        _brake.NoteKill(rule.Hash, nowUsec);
        DaemonEvent line = _sink.Begin(DaemonEventKind.SignalSent, nowUsec, EventPriority.Warning);
        Describe(line, rule.Rule.Name, victim, kill.Action.Signal == Signals.Kill ? "KILL to"u8 : "TERM to"u8);
        AppendWhy(line.Text, match, host, nowUsec);
        _sink.Commit();
        if (kill.Action.Prekill is { } hook && _withoutHook.Length > 0)
            SayWithoutHook(match, hook, nowUsec);
        _incidents.NoteChoice(match, among, victim);
        match.Victim?.CopyFrom(victim);

        // Only now: from here on averages are judged by what stalls after the act, and the reason is what came before
        // it.
        NoteAct(match, rule.Hash, nowUsec, host, !kill.Action.AlwaysContinue);
        return ChainResult.Waiting;
    }

    /// <summary>After the kill, whose incident it belongs to.</summary>
    private void SayWithoutHook(MatchState match, RunAction hook, long nowUsec)
    {
        DaemonEvent line = _sink.Begin(DaemonEventKind.Log, nowUsec, EventPriority.Warning);
        line.Rule = match.Rule.Name;
        line.Text.Append(match.Rule.Name).Append(": prekill "u8).Append(hook.Command[0]).Append(" not run: "u8)
            .Append(_withoutHook.Span);
        _sink.Commit();
    }

    private bool WaitsForLeavers(MatchState match, Victim victim, long nowUsec)
    {
        if (!IsSomebodyLeaving(victim, nowUsec))
            return false;
        _incidents.NoteHeldBack(match, nowUsec, "somebody else is leaving and gives memory back"u8, default);
        return true;
    }

    /// <summary>Whoever was signalled already has a place, and may be hastened.</summary>
    private bool WaitsForPlace(RuleRuntime rule, MatchState match, CompiledKill kill, Victim victim, long nowUsec)
    {
        if (IsDryRun(rule, kill) || _flights.HasPlaceFor(kill.Action.Signal)
            || _flights.Find(victim) is { Stage: not FlightStage.Free })
        {
            return false;
        }

        Refuse(rule, match, nowUsec, NoPlace, default);
        return true;
    }

    /// <summary>Opens the victim's handle and sends the first signal.</summary>
    /// <returns>0, or a negative errno, after which the flight is discarded.</returns>
    private int Send(KillFlight flight, long nowUsec, HostSampler host)
    {
        long trend = host.Trend.BytesPerSecond;
        long own = Math.Max(flight.Victim.GrowthBytesPerSecond, 0);
        flight.ConsumptionBytesPerSecond = trend == Quantity.Unknown ? 0 : Math.Max(-trend - own, 0);
        KillAction action = flight.Kill!.Action;
        int result = _flights.Open(flight);
        if (result >= 0)
            result = _flights.Launch(flight, action.Signal, action.GraceUsec, nowUsec, host.Raw);
        if (result < 0)
            _flights.Discard(flight);
        return result;
    }

    /// <summary>The one to die was asked to leave already, and it got worse: no more asking.</summary>
    private ChainResult Hasten(
        RuleRuntime rule, MatchState match, CompiledKill kill, KillFlight flight, long nowUsec, HostSampler host)
    {
        if (kill.Action.Signal != Signals.Kill)
            return TakeOver(rule, match, kill, flight, nowUsec);
        HandOver(flight, rule, match, kill);
        if (IsRefused(flight, _flights.Escalate(flight, nowUsec, host.Raw), nowUsec))
        {
            // Its grace is over all the same: the next step sends it.
            if (flight.Stage == FlightStage.Free)
                flight.Clear();
            else
                _flights.TakeOver(flight, Math.Min(flight.GraceUsec, nowUsec - flight.SignalUsec));
            return ChainResult.Waiting;
        }

        _launchedThisStep = true;
        DaemonEvent line = _sink.Begin(DaemonEventKind.SignalSent, nowUsec, EventPriority.Warning);
        Describe(line, rule.Rule.Name, flight.Victim, "KILL, before its grace is over, to"u8);
        AppendWhy(line.Text, match, host, nowUsec);
        _sink.Commit();
        return ChainResult.Waiting;
    }

    /// <summary>
    /// Two rules ask the same one to leave: the shorter grace counts, and KILL comes if the rule that needs it still
    /// holds.
    /// </summary>
    private ChainResult TakeOver(RuleRuntime rule, MatchState match, CompiledKill kill, KillFlight flight, long nowUsec)
    {
        long graceUsec = nowUsec - flight.SignalUsec + kill.Action.GraceUsec;
        bool holds = flight.Match is { Phase: MatchPhase.Active, When: Truth.True };
        if (graceUsec >= flight.GraceUsec && holds)
            return ChainResult.Waiting;
        HandOver(flight, rule, match, kill);
        _flights.TakeOver(flight, Math.Min(graceUsec, flight.GraceUsec));
        DaemonEvent line = _sink.Begin(DaemonEventKind.Log, nowUsec, EventPriority.Notice);
        Describe(line, rule.Rule.Name, flight.Victim, "waits too for the end of"u8);
        line.Text.Append(", which was sent TERM "u8).AppendDuration(nowUsec - flight.SignalUsec)
            .Append(" before; its grace is "u8).AppendDuration(flight.GraceUsec).Append(" now"u8);
        _sink.Commit();

        // Its incident may be complete by now, and what becomes of the victim belongs to one.
        _incidents.NoteEffect(match, nowUsec);
        return ChainResult.Waiting;
    }

    /// <summary>
    /// A victim becomes another rule's. The chain that had it has acted and goes on: it is not to choose somebody else,
    /// which would be one more kill within its cooldown.
    /// </summary>
    private static void HandOver(KillFlight flight, RuleRuntime rule, MatchState match, CompiledKill kill)
    {
        if (flight.Match is { } before && !ReferenceEquals(before, match))
            before.DeathSeen = true;
        flight.BelongTo(rule, match, kill);
    }

    private ChainResult Pretend(
        RuleRuntime rule,
        MatchState match,
        CompiledKill kill,
        KillFlight flight,
        CandidateReport among,
        long nowUsec,
        HostSampler host)
    {
        bool said = match.LastRefusalUsec != 0 && nowUsec - match.LastRefusalUsec < DryRunIntervalUsec;
        if (!said)
        {
            SayPretence(rule, match, kill, flight, nowUsec, host);
            _incidents.NoteChoice(match, among, flight.Victim);
        }

        NoteAct(match, rule.Hash, nowUsec, host, !kill.Action.AlwaysContinue);
        return ChainResult.Next;
    }

    private void SayPretence(
        RuleRuntime rule, MatchState match, CompiledKill kill, KillFlight flight, long nowUsec, HostSampler host)
    {
        match.LastRefusalUsec = nowUsec;
        DaemonEvent line = _sink.Begin(DaemonEventKind.SignalSent, nowUsec, EventPriority.Warning);
        line.DryRun = true;
        Describe(
            line, rule.Rule.Name, flight.Victim,
            kill.Action.Signal == Signals.Kill ? "dry run, would send KILL to"u8 : "dry run, would send TERM to"u8);
        AppendWhy(line.Text, match, host, nowUsec);
        _sink.Commit();
    }

    private ChainResult Fail(RuleRuntime rule, MatchState match, Victim victim, int result, long nowUsec)
    {
        // Whoever went by itself needs no word: the next step chooses again, if there is still cause.
        if (Errno.IsGone(result))
            return ChainResult.Waiting;

        // What we are short of at this moment says nothing about the victim: the next step tries the same one again.
        if (IsShortage(result))
        {
            Refuse(rule, match, nowUsec, "out of descriptors or memory at this moment"u8, default);
            return ChainResult.Waiting;
        }

        _flights.Shunned.AddUnsignalled(victim.Identity, nowUsec);
        DaemonEvent line = _sink.Begin(DaemonEventKind.Log, nowUsec, EventPriority.Error);
        Describe(line, rule.Rule.Name, victim, "cannot signal"u8);
        line.Text.Append(": "u8).Append(Errno.Name(result)).Append(", trying the next"u8);
        _sink.Commit();
        return ChainResult.Waiting;
    }

    /// <summary>Something that we are short of at this moment, whoever is to be signalled.</summary>
    private static bool IsShortage(int result) => Errno.IsPassing(result) || result == -Errno.EBUSY;

    /// <summary>
    /// Whether the brake holds back what is no kill of ours and yet one more: the kernel's own killer. It is said.
    /// </summary>
    public bool IsBraked(RuleRuntime rule, MatchState match, PolicySet policy, long nowUsec)
    {
        WantedToKill = true;
        return IsBraked(rule, match, _brake.Of(rule.Hash, 0, policy, nowUsec), nowUsec);
    }

    /// <summary>The kernel's own killer was asked for.</summary>
    public void NoteKernelKill(RuleRuntime rule, long nowUsec) => _brake.NoteKill(rule.Hash, nowUsec);

    private bool IsBraked(RuleRuntime rule, MatchState match, BrakeState state, long nowUsec)
    {
        if (state.Reason == BrakeReason.None)
            return false;
        _held.Clear();
        if (state.Reason == BrakeReason.Futile)
        {
            _held.Append("the last "u8).AppendCount(state.Count, "death"u8, "deaths"u8)
                .Append(" freed less than a quarter of what they should have (memory in tmpfs or shared "u8)
                .Append("memory is not freed by killing); waiting for pressure or policy to change"u8);
        }
        else
        {
            bool own = state.Reason == BrakeReason.Rule;
            _held.Append(own ? "the rule's kills-per-minute, "u8 : "the policy's kills-per-minute, "u8)
                .Append(state.Limit).Append(", are used up; the next at the earliest in "u8)
                .AppendDuration(state.UntilUsec - nowUsec);
        }

        Refuse(rule, match, nowUsec, "brake: "u8, _held.Span, DaemonEventKind.HeldBack);
        return true;
    }

    /// <summary>
    /// Whether it is still so at this moment. What cannot be read now is no sign that it is over: the next step asks
    /// again.
    /// </summary>
    private Truth Reconsider(MatchState match, HostSampler host)
    {
        long nowUsec = _kernel.NowUsec;
        host.Resample(nowUsec);
        return Recheck!.Evaluate(match, host.Values, nowUsec);
    }

    private void Account(KillFlight flight, long nowUsec)
    {
        Kills++;
        Victim victim = flight.Victim;
        DaemonEvent line = _sink.Begin(DaemonEventKind.Killed, nowUsec, EventPriority.Notice);
        Describe(line, flight, "died:"u8);
        line.FreedBytes = flight.FreedBytes;
        line.ExpectedBytes = victim.SizeBytes;
        line.TookUsec = flight.DeadUsec - flight.SignalUsec;
        line.Text.Append(" after "u8).AppendDuration(flight.DeadUsec - flight.SignalUsec)
            .Append(", freed "u8).AppendBytes(flight.FreedBytes);
        _sink.Commit();

        if (flight.IsNamed || flight.FreedBytes == Quantity.Unknown
            || !_brake.NoteDeath(flight.FreedBytes, victim.SizeBytes, _futileKills))
        {
            return;
        }

        line = _sink.Begin(DaemonEventKind.Braked, nowUsec, EventPriority.Error);
        line.Text.Append("brake: kills do not free what they should; "u8)
            .Append("no more of them until pressure or policy changes"u8);
        _sink.Commit();
    }

    private void Refuse(
        RuleRuntime rule,
        MatchState match,
        long nowUsec,
        ReadOnlySpan<byte> why,
        ReadOnlySpan<byte> more,
        DaemonEventKind kind = DaemonEventKind.Log)
    {
        _incidents.NoteHeldBack(match, nowUsec, why, more);
        if (match.LastRefusalUsec != 0 && nowUsec - match.LastRefusalUsec < RefusalIntervalUsec)
            return;
        match.LastRefusalUsec = nowUsec;
        DaemonEvent line = _sink.Begin(kind, nowUsec, EventPriority.Warning);
        line.Rule = rule.Rule.Name;
        line.Text.Append(rule.Rule.Name).Append(": no kill, "u8).Append(why).Append(more);
        _sink.Commit();
    }

    /// <summary>
    /// An act had an effect: the cooldown starts, and averages are judged by what stalls from now on.
    /// </summary>
    public void NoteAct(MatchState? match, ulong ruleHash, long nowUsec, HostSampler host, bool cools = true)
    {
        if (match is not null)
        {
            match.ChainActed = true;
            _incidents.NoteEffect(match, nowUsec);
        }

        Cool(match, ruleHash, nowUsec, host, cools, wasAsked: false);
    }

    /// <summary>The same for an act that somebody asked for, which is none of the rule's chain.</summary>
    public void NoteAsked(MatchState? match, ulong ruleHash, long nowUsec, HostSampler host, bool cools) =>
        Cool(match, ruleHash, nowUsec, host, cools, wasAsked: true);

    private void Cool(
        MatchState? match, ulong ruleHash, long nowUsec, HostSampler host, bool cools, bool wasAsked)
    {
        if (cools)
            _ledger.NoteAct(ruleHash, match?.Cgroup?.Identity ?? 0, nowUsec);
        if (match is null)
            return;
        match.NoteAct(host.Values, nowUsec);
        match.Cools = cools;
        match.WasAsked = wasAsked;
        _selector.Stalls.TakeBaselines(nowUsec);
    }

    private void Say(
        KillFlight flight, long nowUsec, EventPriority priority, ReadOnlySpan<byte> verb, ReadOnlySpan<byte> why)
    {
        DaemonEvent line = _sink.Begin(DaemonEventKind.Log, nowUsec, priority);
        Describe(line, flight, verb);
        line.Text.Append(": "u8).Append(why).AppendDuration(nowUsec - flight.SignalUsec);
        _sink.Commit();
    }

    private void SayResisted(KillFlight flight, long nowUsec)
    {
        DaemonEvent line = _sink.Begin(DaemonEventKind.Log, nowUsec, EventPriority.Error);
        Describe(line, flight, "gave up on"u8);
        line.Text.Append(": KILL has not ended it in "u8).AppendDuration(nowUsec - flight.KillUsec)
            .Append(", it hangs in the kernel and still holds "u8).AppendBytes(flight.RemainingBytes);
        _sink.Commit();
    }

    private static void Describe(DaemonEvent line, KillFlight flight, ReadOnlySpan<byte> verb)
    {
        string? rule = flight.IsAsked ? flight.Rule?.Rule.Name : flight.Match?.Rule.Name;
        Describe(line, rule, flight.Victim, verb, flight.IsNamed);
    }

    /// <summary>Says what is done to a victim.</summary>
    /// <param name="line">What is said.</param>
    /// <param name="rule">The rule that does it; null when it is not known, or there is none.</param>
    /// <param name="victim">The victim.</param>
    /// <param name="verb">What is done.</param>
    /// <param name="isNamed">Whether somebody named the victim, so that no rule is behind it.</param>
    public static void Describe(
        DaemonEvent line, string? rule, Victim victim, ReadOnlySpan<byte> verb, bool isNamed = false)
    {
        line.Rule = rule;
        line.Pid = victim.Pid;
        line.Processes = victim.Processes;
        line.ExpectedBytes = victim.SizeBytes;
        line.Comm.Append(victim.Comm.Span);
        line.Cgroup.Append(victim.Path.Span);
        TextBuffer text = line.Text;
        text.Append(rule ?? (isNamed ? "by hand" : "an earlier rule")).Append(": "u8).Append(verb).Append(" "u8);
        if (victim.Pid != 0)
        {
            if (victim.Group != 0)
                text.Append("process group "u8).Append(victim.Group).Append(" of "u8);
            text.Append(victim.Pid).Append(" ("u8).AppendEscaped(victim.Comm.Span).Append(") of user "u8)
                .Append(victim.Uid).Append(" in "u8);
        }
        else
        {
            text.Append("cgroup "u8);
        }

        text.Append("/"u8).AppendEscaped(victim.Path.Span).Append(", "u8).AppendBytes(victim.SizeBytes);
        if (victim.OomScoreAdj != 0)
            text.Append(", oom_score_adj "u8).Append(victim.OomScoreAdj);
        if (victim.GrowthBytesPerSecond > 0)
            text.Append(", growing "u8).AppendBytes(victim.GrowthBytesPerSecond).Append("/s"u8);
    }

    private static void AppendWhy(TextBuffer text, MatchState match, HostSampler host, long nowUsec)
    {
        text.Append("; because "u8);
        ConditionEvidence.Append(
            text, match.Rule.When, new ConditionEvaluator(host.Values, match, nowUsec, recheck: true));
    }
}
