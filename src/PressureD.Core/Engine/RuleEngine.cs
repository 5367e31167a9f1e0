using System;
using System.Collections.Generic;
using PressureD.Core.Actions;
using PressureD.Core.Cgroups;
using PressureD.Core.Durable;
using PressureD.Core.Incidents;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Core.Readers;
using PressureD.Core.Sampling;
using PressureD.Core.Victims;

namespace PressureD.Core.Engine;

/// <summary>
/// Evaluates every rule for every match and runs the chains: idle → pending → active, again while the condition holds
/// and the cooldown is over, back to idle when <c>until</c> says so.
/// </summary>
internal sealed partial class RuleEngine
{
    /// <summary>A chain that only logs repeats itself at most this often.</summary>
    private const long LogIntervalUsec = 10_000_000;

    /// <summary>New cgroups are looked for this often; those that went say so themselves when they are read.</summary>
    private const long TreeIntervalUsec = 1_000_000;

    /// <summary>
    /// Matches of all rules together that are kept whole, some 300 bytes each (1.3 KiB of a rule that kills and runs a
    /// program), and at a reload twice: the new ones go on where the old ones stand. Those beyond sleep.
    /// </summary>
    internal const int MaxAwake = 3072;

    /// <summary>
    /// What those that sleep may take together, 8 bytes each and 8 for each <c>for</c> and <c>recently</c>: a hundred
    /// rules with two of them each fit in over a thousand cgroups. At a reload they are passed on, not kept twice.
    /// </summary>
    internal const long MaxAsleepBytes = 5L << 19;

    /// <summary>Cgroups of all groups together, some 130 bytes each, and at a reload twice.</summary>
    private const int MaxMembers = 8192;

    /// <summary>That a rule is held for want of room is said until it has not been for so long.</summary>
    private const long HeldIntervalUsec = 60_000_000;

    /// <summary>Averages of pressure carry no more of what was before an act.</summary>
    private const long LongestAverageUsec = 300_000_000;

    private readonly RunLedger _ledger;
    private readonly IEventSink _sink;
    private readonly IncidentRecorder _incidents;
    private readonly CgroupTable _cgroups;
    private readonly KillRunner _kills;
    private readonly KillFlights _flights;
    private readonly EffectTable _effects;
    private readonly StandingLimits _standing;
    private readonly Func<KillFlight, bool> _isPressed;
    private readonly bool _needsTree;
    private readonly CgroupSamples _samples;
    private readonly XattrWatch _xattrs;
    private readonly ProtectionPass? _protection;
    private readonly List<CgroupSlot> _gone = new();
    private readonly Dictionary<ulong, bool> _dryRunsOfOthers = [];
    private readonly RuleRuntime[] _rules;
    private readonly int _awakeAtFirst;
    private readonly TextBuffer _held = new(192);

    // Matches of the policy before that were awake, while a new one is taking them over.
    private int _stillToCome;
    private long _treeUsec;
    private int _awakeCount;
    private int _memberCount;
    private long _asleepBytes;
    private long _heldUsec;

    /// <param name="kernel">Shared by all of these.</param>
    /// <param name="ledger">What survives a restart.</param>
    /// <param name="incidents">Told of everything.</param>
    /// <param name="cgroups">The tree.</param>
    /// <param name="flights">Victims on their way.</param>
    /// <param name="kills">Runs kills.</param>
    /// <param name="actions">Runs the other actions.</param>
    /// <param name="policy">The rules.</param>
    /// <param name="before">
    /// The engine of the policy that this one replaces, retired: rules that ask for the same go on where they are.
    /// </param>
    public RuleEngine(
        IKernel kernel,
        RunLedger ledger,
        IncidentRecorder incidents,
        CgroupTable cgroups,
        KillFlights flights,
        KillRunner kills,
        ActionServices actions,
        PolicySet policy,
        RuleEngine? before = null)
    {
        _ledger = ledger;
        _sink = incidents;
        _incidents = incidents;
        _cgroups = cgroups;
        _flights = flights;
        _kills = kills;
        _effects = actions.Effects;
        _standing = new StandingLimits(actions, policy.Swap);
        _needsTree = _standing.NeedsTree;
        Policy = policy;
        OfNamed = CompiledKill.OfNamed(policy);
        _isPressed = IsPressed;
        _samples = before is not null && before.Samples(policy) ? before._samples : new CgroupSamples(kernel, policy);
        kills.Recheck = new ConditionRecheck(_samples);
        _xattrs = new XattrWatch(kernel);
        _protection = ProtectionPass.For(policy.CgroupMetrics, _samples);
        _rules = new RuleRuntime[policy.Rules.Length];
        int watched = 0;
        for (int i = 0; i < _rules.Length; i++)
        {
            _rules[i] = new RuleRuntime(policy.Rules[i], actions);
            _needsTree |= policy.Rules[i].ForEach is not null || policy.Rules[i].Groups.Length > 0;
            if (policy.Rules[i].ForEach is null)
                AddMatch(_rules[i], null);
            else
                watched++;
        }

        // Half of the room is shared out, the other half is for whoever needs it first.
        _awakeAtFirst = Math.Max(MaxAwake / 2 / Math.Max(watched, 1), 1);
        if (before is not null)
            TakeAsleep(before);
        foreach (RuleRuntime rule in _rules)
            _stillToCome += rule.Before?.Matches.Count ?? 0;

        cgroups.Added = AddMatches;
        cgroups.Removed = RemoveMatches;
        foreach (CgroupSlot slot in cgroups.Slots)
            AddMatches(slot);
        if (before is not null)
            Continue(before);
        AdoptFlights();
        foreach (RuleRuntime rule in _rules)
        {
            rule.Before = null;
            _effects.Adopt(rule);
        }

        _stillToCome = 0;

        _effects.DropStanding(_standing);
    }

    public PolicySet Policy { get; }

    /// <summary>What is done to a victim that somebody names, and what protects it.</summary>
    public CompiledKill OfNamed { get; }

    public ReadOnlySpan<RuleRuntime> Rules => _rules;

    /// <summary>What stands as the swap section asks.</summary>
    public StandingLimits Standing => _standing;

    /// <summary>The highest level that an active rule notified.</summary>
    public PressureLevel Level { get; private set; }

    /// <summary>Whether a rule that kills is pending or active.</summary>
    public bool IsTense { get; private set; }

    /// <summary>Whether there was no room for some cgroup that a rule would watch.</summary>
    public bool LeavesOut { get; private set; }

    /// <summary>The first rule for which there was none; null when that is not one alone.</summary>
    public Rule? LeftOutFirst { get; private set; }

    /// <summary>A rule that is true for more cgroups than it can be carried out for at once; null: none is.</summary>
    public Rule? HeldAsleep { get; private set; }

    /// <summary>Whether some rule became degraded, or is no longer.</summary>
    public bool DegradationChanged { get; set; }

    /// <summary>When a chain's wait ends next; unlimited when none waits.</summary>
    public long NextDeadlineUsec { get; private set; }

    /// <summary>Evaluates and acts once.</summary>
    public void Step(long nowUsec, HostSampler host)
    {
        if (_needsTree && (_treeUsec == 0 || nowUsec - _treeUsec >= TreeIntervalUsec))
        {
            _cgroups.Refresh(nowUsec);
            RefreshXattrs(nowUsec);
            _treeUsec = nowUsec;
        }

        _standing.Step(nowUsec);
        _kills.BeginStep();
        Sample(nowUsec, host);
        Evaluate(nowUsec, host);
        _kills.AdvanceFlights(nowUsec, host, _isPressed);
        foreach (KillFlight flight in _flights.All)
        {
            if (flight.Stage == FlightStage.Term)
                _effects.ThawFor(flight.Victim.Path.Span, flight.Victim.Identity.IsCgroup);
        }

        _effects.Advance(nowUsec);
        RunAll(nowUsec, host);
        NextDeadlineUsec = Math.Min(NextDeadlineUsec, _effects.NextDeadlineUsec(nowUsec));
        if (!_kills.WantedToKill && !IsTense)
            _kills.NoteCalm(nowUsec);
        UpdateLevel(nowUsec);
    }

    /// <summary>
    /// What somebody has disarmed or armed by hand stays so, also while a policy is in force that does not have the
    /// rule.
    /// </summary>
    /// <param name="earlier">The engine before.</param>
    /// <param name="rules">Its rules.</param>
    public void KeepDryRuns(RuleEngine earlier, ReadOnlySpan<RuleRuntime> rules)
    {
        foreach ((ulong hash, bool isDryRun) in earlier._dryRunsOfOthers)
            KeepDryRun(hash, isDryRun);
        foreach (RuleRuntime rule in rules)
        {
            if (rule.DryRunOverride is { } isDryRun)
                KeepDryRun(rule.Hash, isDryRun);
        }
    }

    private void KeepDryRun(ulong hash, bool isDryRun)
    {
        if (Array.Find(_rules, rule => rule.Hash == hash) is { } found)
            found.DryRunOverride = isDryRun;
        else
            _dryRunsOfOthers[hash] = isDryRun;
    }

    /// <summary>Closes what is open; the engine is not used again, but for what another one goes on with.</summary>
    /// <param name="next">The policy of that one; null when none follows.</param>
    public void Retire(PolicySet? next = null)
    {
        bool ends = next is null || !Samples(next);
        if (ends)
        {
            _samples.Close();
            foreach (RuleRuntime rule in _rules)
                rule.ForgetSamplers();
        }

        if (next is null)
            CancelActions();
        _effects.Orphan();
    }

    private void CancelActions()
    {
        foreach (RuleRuntime rule in _rules)
        {
            foreach (MatchState match in rule.Matches)
                rule.CancelActions(match);
        }
    }

    /// <summary>
    /// Whether another policy asks for the same figures of the same cgroups, so that windows and rates go on.
    /// </summary>
    private bool Samples(PolicySet other)
    {
        bool same = Policy.HostMetrics.AsSpan().SequenceEqual(other.HostMetrics)
            && Policy.CgroupMetrics.AsSpan().SequenceEqual(other.CgroupMetrics)
            && Policy.Rules.Length == other.Rules.Length;
        for (int i = 0; same && i < other.Rules.Length; i++)
            same = RuleRuntime.AsksTheSame(Policy.Rules[i], other.Rules[i]);
        return same;
    }

    private void Continue(RuleEngine before)
    {
        Level = before.Level;
        foreach (RuleRuntime rule in _rules)
        {
            foreach (RuleRuntime was in before._rules)
            {
                if (rule.Hash == was.Hash)
                    rule.Continue(was);
            }
        }

        before.CancelActions();
    }

    private void TakeAsleep(RuleEngine before)
    {
        foreach (RuleRuntime was in before._rules)
            was.PassAsleep(Array.Find(_rules, rule => rule.Hash == was.Hash));

        foreach (RuleRuntime rule in _rules)
            _asleepBytes += rule.Asleep.Bytes;
    }

    private void Sample(long nowUsec, HostSampler host)
    {
        _samples.SampleAll(host.Values, nowUsec);
        ForgetGone();
        _protection?.Compute(_cgroups.Slots);
    }

    /// <summary>Every rule for every match, with what was sampled last.</summary>
    internal void Evaluate(long nowUsec, HostSampler host)
    {
        IsTense = false;
        Rule? held = null;
        foreach (RuleRuntime rule in _rules)
        {
            foreach (GroupRuntime group in rule.Groups)
                group.Evaluate(host.Values, nowUsec, recheck: false);
            bool unknown = rule.MatchCount > 0;
            foreach (MatchState match in rule.Matches)
            {
                unknown &= Evaluate(rule, match, nowUsec, host);
                IsTense |= rule.HasKill && match.Phase != MatchPhase.Idle;
            }

            if (rule.Asleep.Count > 0)
            {
                unknown &= EvaluateAsleep(rule, nowUsec, host);
                IsTense |= rule.HasKill && rule.IsAnyAsleepPending;
                held ??= rule.HoldsAsleep ? rule.Rule : null;
            }

            DegradationChanged |= rule.NoteSample(unknown, nowUsec);
        }

        NoteHeld(held, nowUsec);
    }

    /// <summary>Said as long as it comes again and again, and not each time.</summary>
    private void NoteHeld(Rule? held, long nowUsec)
    {
        if (held is not null)
            _heldUsec = nowUsec;
        if (held is null == HeldAsleep is null || (held is null && nowUsec - _heldUsec < HeldIntervalUsec))
            return;
        HeldAsleep = held;
        DegradationChanged = true;
    }

    /// <returns>Whether something that the condition compares is unknown for each of them.</returns>
    private bool EvaluateAsleep(RuleRuntime rule, long nowUsec, HostSampler host)
    {
        rule.IsAnyAsleepPending = false;
        rule.HoldsAsleep = false;
        bool unknown = true;

        // From the last on: one that wakes up leaves its row, and those that take its place come after it.
        for (int row = rule.Asleep.Count - 1; row >= 0; row--)
        {
            var evaluator = new ConditionEvaluator(host.Values, rule.Asleep, row, rule.Groups, nowUsec);
            Truth when = evaluator.Evaluate(rule.Rule.When);
            unknown &= evaluator.SawUnknown;
            if (rule.Rule.Until is { } until)
                evaluator.Evaluate(until);
            rule.IsAnyAsleepPending |= when == Truth.True
                || (rule.Rule.HasHold && evaluator.EvaluateAtOnce(rule.Rule.When) == Truth.True);
            if (when == Truth.True && !rule.HoldsAsleep)
                Wake(rule, row, nowUsec, host);
        }

        return unknown;
    }

    /// <summary>Removes the cgroups whose files have said that they are gone.</summary>
    private void ForgetGone()
    {
        _gone.Clear();
        foreach (CgroupSampler sampler in _samples.All)
        {
            if (sampler.IsGone)
                _gone.Add(sampler.Cgroup!);
        }

        foreach (CgroupSlot slot in _gone)
        {
            if (slot.Directory >= 0)
                _cgroups.MarkGone(slot);
        }
    }

    /// <returns>Whether something that the condition compares is unknown.</returns>
    private bool Evaluate(RuleRuntime rule, MatchState match, long nowUsec, HostSampler host)
    {
        var evaluator = new ConditionEvaluator(host.Values, match, nowUsec, recheck: false);
        if (match.LastActUsec != 0 && match.BaselineUsec == 0)
            evaluator.TakeBaselines(match.Rule);
        Truth when = evaluator.Evaluate(match.Rule.When);
        if (when != match.When || match.WhenSinceUsec == 0)
            match.WhenSinceUsec = nowUsec;
        match.When = when;
        bool unknown = evaluator.SawUnknown;
        Truth until = match.Rule.Until is { } condition ? evaluator.Evaluate(condition) : Truth.Unknown;
        if (match.Phase != MatchPhase.Active)
        {
            if (match.When == Truth.True)
                Activate(match, evaluator, nowUsec);
            else
                match.Phase = IsPending(match, evaluator) ? MatchPhase.Pending : MatchPhase.Idle;
            return unknown;
        }

        bool ended = match.Rule.Until is null ? match.When == Truth.False : until == Truth.True;
        if (!ended)
            return unknown;
        _incidents.Focus(match);
        rule.EndActions(match, nowUsec, host, Policy);
        Deactivate(rule, match, nowUsec);
        return unknown;
    }

    private static bool IsPending(MatchState match, ConditionEvaluator evaluator) =>
        match.Rule.HasHold && evaluator.EvaluateAtOnce(match.Rule.When) == Truth.True;

    private void Activate(MatchState match, ConditionEvaluator evaluator, long nowUsec)
    {
        match.Phase = MatchPhase.Active;
        match.ActiveSinceUsec = nowUsec;
        _incidents.Fire(match, nowUsec);
        _incidents.Focus(match);
        DaemonEvent line = _sink.Begin(DaemonEventKind.RuleFired, nowUsec, EventPriority.Notice);
        DescribeMatch(line, match);
        line.ReasonOffset = line.Text.Append(": fired, "u8).Length;
        ConditionEvidence.Append(line.Text, match.Rule.When, evaluator);
        _sink.Commit();
    }

    private void Deactivate(RuleRuntime rule, MatchState match, long nowUsec)
    {
        match.Phase = MatchPhase.Idle;
        _incidents.NoteOver(match, nowUsec);
        match.NotifiedLevel = PressureLevel.Normal;
        match.ChainIndex = -1;
        match.WaitUntilUsec = 0;
        match.DeathSeen = false;
        rule.CancelActions(match);
        DaemonEvent line = _sink.Begin(
            DaemonEventKind.Log, nowUsec, rule.HasKill ? EventPriority.Notice : EventPriority.Info);
        DescribeMatch(line, match);
        line.Text.Append(": over after "u8).AppendDuration(nowUsec - match.ActiveSinceUsec);
        _sink.Commit();
    }

    private void RunAll(long nowUsec, HostSampler host)
    {
        NextDeadlineUsec = long.MaxValue;
        foreach (RuleRuntime rule in _rules)
        {
            // By index: a kill looks at the cgroup tree anew, so that matches may come and go while they are gone
            // through.
            for (int i = 0; i < rule.Matches.Count; i++)
            {
                MatchState match = rule.Matches[i];
                if (match.Phase != MatchPhase.Active)
                    continue;
                AdvanceActions(rule, match, nowUsec, host);
                if (_kills.Pause.IsOn)
                    continue;
                bool isCool = match.CooldownEndUsec(nowUsec) == 0;
                if (match.ChainIndex < 0 && match.When == Truth.True && isCool)
                {
                    match.BeginChain();
                }
                else if (match.ChainIndex < 0 && match.When == Truth.True && !match.HasActedSinceFiring)
                {
                    match.AppendCooldown(_held.Clear(), nowUsec);
                    _incidents.NoteHeldBack(match, nowUsec, "its cooldown is not over: "u8, _held.Span);
                }

                if (match.ChainIndex >= 0)
                {
                    _incidents.Focus(match);
                    RunChain(rule, match, nowUsec, host);
                }

                // Who waits on for a condition that is unknown is asked again at the usual steps.
                if (match.WaitUntilUsec > nowUsec)
                    NextDeadlineUsec = Math.Min(NextDeadlineUsec, match.WaitUntilUsec);
            }
        }
    }

    private void RunChain(RuleRuntime rule, MatchState match, long nowUsec, HostSampler host)
    {
        RuleAction[] actions = match.Rule.Actions;
        while (match.ChainIndex < actions.Length)
        {
            ChainResult result = RunAction(rule, match, match.ChainIndex, nowUsec, host);
            if (result == ChainResult.Waiting)
                return;
            if (result == ChainResult.Stop)
                break;
            match.ChainIndex++;
        }

        match.ChainIndex = -1;
    }

    private ChainResult RunAction(RuleRuntime rule, MatchState match, int index, long nowUsec, HostSampler host)
    {
        switch (match.Rule.Actions[index])
        {
            case NotifyAction notify:
                Notify(match, notify, nowUsec);
                return ChainResult.Next;
            case LogAction log:
                Log(match, log, nowUsec);
                return ChainResult.Next;
            case WaitAction wait:
                return Wait(match, wait, nowUsec);
            case StopAction stop:
                return stop.OnlyAfterEffect && !match.ChainActed ? ChainResult.Next : ChainResult.Stop;
            case KillAction:
                return _kills.Run(rule, match, rule.Kills[index]!, nowUsec, host, Policy);
            case var _ when rule.Runners[index] is { } runner:
                return runner.Run(new ActionStep(rule, match, match.Actions[index]!, nowUsec, host, Policy));
            case var other:
                throw new InvalidOperationException($"no way to run {other.GetType().Name}");
        }
    }

    private void Notify(MatchState match, NotifyAction notify, long nowUsec)
    {
        if (match.NotifiedLevel != notify.Level)
            _incidents.NoteLevel(match, notify.Level, nowUsec);
        match.NotifiedLevel = notify.Level;
    }

    private void AdvanceActions(RuleRuntime rule, MatchState match, long nowUsec, HostSampler host)
    {
        for (int i = 0; i < rule.Runners.Length; i++)
        {
            if (rule.Runners[i] is not { } runner)
                continue;
            runner.Advance(new ActionStep(rule, match, match.Actions[i]!, nowUsec, host, Policy));
            NextDeadlineUsec = Math.Min(NextDeadlineUsec, runner.NextDeadlineUsec(match.Actions[i]!));
        }
    }

    private static ChainResult Wait(MatchState match, WaitAction wait, long nowUsec)
    {
        if (match.WaitUntilUsec == 0)
        {
            match.WaitUntilUsec = nowUsec + wait.DurationUsec;
            return ChainResult.Waiting;
        }

        // What cannot be read now is no sign that it is over.
        if (nowUsec < match.WaitUntilUsec || match.When == Truth.Unknown)
            return ChainResult.Waiting;
        match.WaitUntilUsec = 0;
        return match.When == Truth.True ? ChainResult.Next : ChainResult.Stop;
    }

    private void Log(MatchState match, LogAction log, long nowUsec)
    {
        if (match.LastLogUsec != 0 && nowUsec - match.LastLogUsec < LogIntervalUsec)
            return;
        match.LastLogUsec = nowUsec;
        DaemonEvent line = _sink.Begin(DaemonEventKind.Log, nowUsec, EventPriority.Notice);
        DescribeMatch(line, match);
        line.Text.Append(": "u8).Append(log.Text);
        _sink.Commit();
    }

    private void UpdateLevel(long nowUsec)
    {
        PressureLevel level = PressureLevel.Normal;
        foreach (RuleRuntime rule in _rules)
        {
            foreach (MatchState match in rule.Matches)
                level = match.NotifiedLevel > level ? match.NotifiedLevel : level;
        }

        if (level == Level)
            return;
        Level = level;
        DaemonEvent line = _sink.Begin(DaemonEventKind.LevelChanged, nowUsec, EventPriority.Info);
        line.Level = level;
        line.Text.Append("level is now "u8).Append(PressureLevelName.Of(level));
        _sink.Commit();
    }

    private static void DescribeMatch(DaemonEvent line, MatchState match)
    {
        line.Rule = match.Rule.Name;
        line.Text.Append(match.Rule.Name);
        if (match.Cgroup is null)
            return;
        line.Cgroup.Append(match.Cgroup.Path);
        line.Text.Append(" [/"u8).AppendEscaped(match.Cgroup.Path).Append("]"u8);
    }

    private bool IsPressed(KillFlight flight)
    {
        if (flight.IsAsked)
            return true;
        if (flight.Match is { } match)
            return match.Phase == MatchPhase.Active && match.When == Truth.True;

        // A victim of a rule that is no more: any trouble counts.
        return IsTense;
    }

    private void AdoptFlights()
    {
        foreach (KillFlight flight in _flights.All)
        {
            if (flight.Stage == FlightStage.Free)
                continue;
            MatchState? goesOn = flight.Match?.Successor;
            flight.Match = null;
            flight.Rule = null;
            flight.Kill = flight.IsNamed ? OfNamed : null;
            foreach (RuleRuntime rule in _rules)
            {
                if (rule.Hash != flight.RuleHash)
                    continue;
                flight.Rule = rule;
                flight.Kill = rule.KillOf(flight.Victim.Kind, flight.ActionIndex);
                flight.Match = goesOn ?? (rule.MatchCount == 1 ? rule.Matches[0] : null);
            }
        }
    }
}
