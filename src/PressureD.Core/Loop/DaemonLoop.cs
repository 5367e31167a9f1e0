using System;
using System.Collections.Generic;
using PressureD.Core.Actions;
using PressureD.Core.Cgroups;
using PressureD.Core.Commands;
using PressureD.Core.Durable;
using PressureD.Core.Engine;
using PressureD.Core.Incidents;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Core.Readers;
using PressureD.Core.Sampling;
using PressureD.Core.Services;
using PressureD.Core.Victims;

namespace PressureD.Core.Loop;

/// <summary>
/// The daemon's one loop: wait, sample what the rules need, evaluate, choose, re-check, act, record, publish. Whoever
/// owns the thread calls <see cref="Step"/> again and again; the same code runs on the real and on the simulated
/// kernel.
/// </summary>
public sealed class DaemonLoop : IDisposable
{
    /// <summary>Wakes within 100 ms of reclaim hurting somebody; far below anything a rule would act on.</summary>
    private const int TriggerStallUsec = 50_000;
    private const int TriggerWindowUsec = 1_000_000;

    /// <summary>Without CAP_SYS_RESOURCE windows are multiples of 2 s, and are looked at every 2 s only.</summary>
    private const int UnprivilegedStallUsec = 150_000;
    private const int UnprivilegedWindowUsec = 2_000_000;

    /// <summary>After a trigger, the time in which samples are taken at the fast cadence.</summary>
    private const long AlertUsec = 10_000_000;

    /// <summary>
    /// Processes are scanned ahead of need below this share of available memory, so that growth is known at the kill.
    /// </summary>
    private const long WatchfulAvailableUser = 200_000;

    private const long WatchfulExhaustionUsec = 15_000_000;

    /// <summary>
    /// How long putting everything back may take at the end; what is left then, <c>--undo</c> puts back.
    /// </summary>
    private const long LeavePatienceUsec = 300_000;

    /// <summary>
    /// How long putting back what a previous process left may keep us from watching; the rest is put back beside it.
    /// </summary>
    private const long UndoPatienceUsec = 1_000_000;

    private readonly IKernel _kernel;
    private readonly IEventSink _sink;
    private readonly IncidentRecorder _incidents;
    private readonly ServiceDesk _desk;
    private readonly SnapshotBoard _board;
    private readonly RunLedger _ledger;
    private readonly UndoJournal _undo;
    private readonly ControlWriter _writer;
    private readonly CgroupTable _cgroups;
    private readonly KillFlights _flights;
    private readonly VictimSelector _selector;
    private readonly KillRunner _kills;
    private readonly EffectTable _effects;
    private readonly ActionServices _actions;
    private readonly CommandRunner? _commands;
    private readonly OpenIncidents? _openIncidents;
    private readonly DaemonSnapshot _snapshot = new();
    private readonly WaitEvent[] _events = new WaitEvent[32];
    private readonly string[] _givenReasons;
    private string[] _lateReasons = [];

    private HostSampler _host;
    private RuleEngine _engine;
    private int _trigger = -1;
    private HostComparisons _comparisons;
    private long _nextSampleUsec;

    /// <summary>
    /// The time of the last look: a machine whose clock is read by a system call, or through a device, pays for each
    /// question.
    /// </summary>
    private long _nowUsec;

    /// <summary>
    /// Until then a look at the machine's memory is enough, as long as it changes nothing; 0: it is not.
    /// </summary>
    private long _glanceUntilUsec;

    /// <summary>What <see cref="Cadence.HeadroomUsec"/> said when memory was last read.</summary>
    private long _headroomUsec;
    private long _alertUntilUsec;
    private long _steps;
    private long _aheadAgainUsec;
    private (bool Cgroups, string? Processes) _saidLeavesOut;
    private ActionNeed _saidLacking;
    private PolicyStanding _standing;

    /// <summary>
    /// Opens everything the policy needs and takes over what a previous process left. No step is made yet.
    /// </summary>
    public DaemonLoop(LoopOptions options)
    {
        _kernel = options.Kernel;
        _board = options.Board;
        _givenReasons = options.DegradedReasons;
        _standing = options.PolicyStanding;
        _ledger = new RunLedger(options.Store);
        _undo = new UndoJournal(options.Store);
        _cgroups = new CgroupTable(_kernel);
        var members = new MemberList(_kernel);
        var processes = new ProcessTable(_kernel);
        var groups = new GroupKiller(_kernel, processes);
        _flights = new KillFlights(
            _kernel,
            _ledger,
            new CgroupKiller(_kernel, _cgroups, _undo, members),
            groups,
            new OomdCounters(_kernel, members),
            new Teardown(_kernel, processes),
            new MemoryReleases(_kernel, _cgroups, members, processes, groups));
        _selector = new VictimSelector(_kernel, _cgroups, _flights, members, processes, groups);
        _incidents = new IncidentRecorder(
            options.Sink, options.Incidents, _flights, _ledger, options.FirstIncident);
        _sink = _incidents;
        _openIncidents = options.OpenIncidents;
        _desk = new ServiceDesk(options.Services, _incidents);
        var brake = new Brake(_ledger);
        _kills = new KillRunner(_kernel, _ledger, _incidents, _selector, _flights, brake, _desk)
        {
            DryRun = options.DryRun,
        };
        if (options.Commands is { } commands)
        {
            var whyNot = new WhyNotAnswer(_kills, _flights, brake, new VictimPreview(_selector));
            var kill = new KillAnswer(_incidents, _kills, _flights, _selector);
            _commands = new CommandRunner(commands, _kills, _incidents, whyNot, kill, options.DryRun);
        }

        _writer = new ControlWriter(_kernel);
        _effects = new EffectTable(_kernel, _sink, _undo, _writer, new UnitLimits(_kernel, options.Services));
        _actions = new ActionServices
        {
            Kernel = _kernel,
            Sink = _sink,
            Cgroups = _cgroups,
            Writer = _writer,
            Effects = _effects,
            Targets = new TargetFinder(_kernel, _cgroups, _selector),
            Kills = _kills,
            Incidents = _incidents,
            Desk = _desk,
            Selector = _selector,
        };
        UndoLeftovers();
        int restored = _flights.Restore(_cgroups);
        _host = new HostSampler(_kernel, options.Policy.HostMetrics, _flights.CreditBytes);
        _engine = new RuleEngine(_kernel, _ledger, _incidents, _cgroups, _flights, _kills, _actions, options.Policy);
        _comparisons = new HostComparisons(options.Policy);
        if (restored > 0)
        {
            _incidents.TakeOver(_kernel.NowUsec);
            Say(EventPriority.Notice, "took over victims that a previous process left in flight: "u8, restored);
        }

        ArmTrigger();
        UpdateReasons();
    }

    /// <summary>Steps since start; whoever feeds a watchdog feeds it only when this has risen.</summary>
    public long Steps => System.Threading.Volatile.Read(ref _steps);

    /// <summary>How many changes are in effect that will be put back.</summary>
    public int EffectCount => _effects.Count;

    /// <summary>What evaluates the policy in force.</summary>
    internal RuleEngine Engine => _engine;

    /// <summary>The machine's values.</summary>
    internal HostSampler Host => _host;

    /// <summary>What scans found of the processes.</summary>
    internal ProcessTable Processes => _selector.Processes;

    /// <summary>The policy in force.</summary>
    public PolicySet Policy => _engine.Policy;

    /// <summary>How the policy in force stands to the one on disk. Set between two steps.</summary>
    public PolicyStanding PolicyStanding
    {
        get => _standing;
        set
        {
            if (_standing == value)
                return;
            _standing = value;
            UpdateReasons();
        }
    }

    /// <summary>What was found wanting only after the loop began. Set between two steps.</summary>
    public string[] LateReasons
    {
        set
        {
            if (ReferenceEquals(_lateReasons, value))
                return;
            _lateReasons = value;
            UpdateReasons();
        }
    }

    /// <summary>
    /// Runs the whole emergency path dry, twice, so that its code and buffers are resident before they are needed.
    /// </summary>
    public void Rehearse()
    {
        _incidents.Rehearse();
        for (int round = 0; round < 2; round++)
        {
            long nowUsec = _kernel.NowUsec;
            _host.Sample(nowUsec, 0, calm: false);
            SetScales();
            foreach (RuleRuntime rule in _engine.Rules)
            {
                foreach (CompiledKill? kill in rule.Kills)
                {
                    if (kill is not null && rule.Matches.Count > 0)
                        _kills.Rehearse(kill, rule.Matches[0], nowUsec, _host);
                }

                rule.RehearseActions();
            }

            Publish(nowUsec);
        }
    }

    /// <summary>Waits until there is something to look at, then looks and acts.</summary>
    public void Step()
    {
        long actUsec = NextActUsec(_nowUsec);
        long dueUsec = Math.Min(_nextSampleUsec, actUsec);
        int count = _kernel.Wait(Math.Min(dueUsec, _commands?.NextDeadlineUsec ?? long.MaxValue), _events);
        long nowUsec = _nowUsec = _kernel.NowUsec;
        if (count == 1 && nowUsec < dueUsec && _selector.IsCommandLine(_events[0]))
        {
            // It is taken with the next look ahead.
            if (RunCommands(nowUsec))
                Publish(nowUsec);
            return;
        }

        if (count == 0 && nowUsec < dueUsec && RunCommands(nowUsec))
        {
            // Woken for that alone: whoever asks often does not make it sample more often.
            Publish(nowUsec);
            return;
        }

        long latenessUsec = _nextSampleUsec == 0 ? 0 : Math.Max(nowUsec - _nextSampleUsec, 0);
        if (count == 0 && nowUsec < Math.Min(_glanceUntilUsec, actUsec) && SeesNothingNew(nowUsec, latenessUsec))
        {
            if (RunCommands(nowUsec))
                Publish(nowUsec);
            return;
        }

        for (int i = 0; i < count; i++)
            Notice(_events[i], nowUsec);

        _host.Sample(nowUsec, latenessUsec, IsCalm(nowUsec));
        SetScales();
        ScanAhead(nowUsec);
        _incidents.Sample(nowUsec, _host);
        _desk.Advance(nowUsec);
        EndPause(nowUsec);
        _engine.Step(nowUsec, _host);
        _incidents.Advance(nowUsec);
        if (_effects.RefusedSwappiness)
            _actions.NoteLack(ActionNeed.Swappiness);
        if (_effects.RefusedUnits)
            _actions.NoteLack(ActionNeed.UnitLimits);
        bool lacksOther = _desk.RefusalChanged || _actions.Lacking != _saidLacking;
        bool lacksFiles = _engine.DegradationChanged || _host.MissingChanged;
        if (lacksFiles || lacksOther || LeavesOut != _saidLeavesOut)
            UpdateReasons();
        Schedule(nowUsec);
        System.Threading.Volatile.Write(ref _steps, _steps + 1);
        RunCommands(nowUsec);
        Publish(nowUsec);
    }

    /// <summary>
    /// Replaces the policy between two steps. A rule that asks for the same goes on where it is; of the others
    /// cooldowns and victims in flight go on by name.
    /// </summary>
    public void ReplacePolicy(PolicySet policy)
    {
        RuleEngine before = _engine;
        RuleRuntime[] rules = before.Rules.ToArray();
        before.Retire(policy);
        if (!before.Policy.HostMetrics.AsSpan().SequenceEqual(policy.HostMetrics))
        {
            HostSampler sampler = _host;
            _host = new HostSampler(_kernel, policy.HostMetrics, _flights.CreditBytes);
            _host.AdoptWindows(sampler);
            sampler.Dispose();
        }

        _engine = new RuleEngine(_kernel, _ledger, _incidents, _cgroups, _flights, _kills, _actions, policy, before);
        _desk.FollowMatches();
        _kills.FollowMatches();
        _incidents.FollowMatches();
        _engine.KeepDryRuns(before, rules);
        _kills.NoteCalm(_kernel.NowUsec);
        _comparisons = new HostComparisons(policy);
        _nextSampleUsec = _glanceUntilUsec = 0;
        UpdateReasons();
        Rehearse();
        DaemonEvent line = _sink.Begin(DaemonEventKind.PolicyReloaded, _kernel.NowUsec, EventPriority.Info);
        line.Rules = policy.Rules.Length;
        line.Text.Append("another policy is in force: "u8).AppendCount(line.Rules, "rule"u8, "rules"u8);
        _sink.Commit();
    }

    /// <summary>Says that the daemon leaves.</summary>
    public void Leave()
    {
        _effects.EndAll(LeavePatienceUsec);
        if (_effects.Count == 0)
            _undo.UndoAll(_kernel, _writer, units: null, _kernel.NowUsec + LeavePatienceUsec);
        _incidents.CloseAll();
        _snapshot.State = DaemonState.Stopping;
        _board.Publish(_snapshot);
    }

    public void Dispose()
    {
        _engine.Retire();
        _host.Dispose();
        _cgroups.Dispose();
        if (_trigger >= 0)
            _kernel.Close(_trigger);
    }

    private bool RunCommands(long nowUsec)
    {
        bool hasShown = _openIncidents?.Serve(_incidents.Slots, nowUsec) ?? false;
        if (!(_commands?.Run(nowUsec, _engine, _host) ?? false))
            return hasShown;
        _incidents.HandOver(nowUsec);
        return true;
    }

    private void EndPause(long nowUsec)
    {
        if (!_kills.Pause.IsOn || nowUsec < _kills.Pause.UntilUsec)
            return;
        _kills.Pause.End();
        DaemonEvent line = _sink.Begin(DaemonEventKind.Log, nowUsec, EventPriority.Notice);
        line.Text.Append("the pause is over: acting again"u8);
        _sink.Commit();
    }

    /// <summary>When something has to be gone on with, whatever there is to see.</summary>
    private long NextActUsec(long nowUsec)
    {
        long dueUsec = Math.Min(_engine.NextDeadlineUsec, _desk.NextDeadlineUsec(nowUsec));
        return Math.Min(dueUsec, _flights.NextDeadlineUsec(nowUsec));
    }

    /// <summary>
    /// In a calm machine whose memory could fill before a second is over, nearly every look finds that it has not. Such
    /// a look costs a fraction of a step; the first one that finds any comparison changed becomes a step. And while
    /// hardly any of the headroom has gone, the amount that is free says that by itself.
    /// </summary>
    private bool SeesNothingNew(long nowUsec, long latenessUsec)
    {
        // What comes of an act is looked at closely.
        if (_incidents.IsAnyOpen)
            return false;
        if (!HasHardlyMoved(out long takenUsec))
        {
            _host.Glance(nowUsec, latenessUsec);
            if (IsWatchful() || !_comparisons.AreAsNoted(_host.Values))
                return false;
            _headroomUsec = Cadence.HeadroomUsec(_engine.Rules, _host.Values);
        }

        _nextSampleUsec = Math.Min(nowUsec + Cadence.SleepUsec(_headroomUsec - takenUsec), _glanceUntilUsec);
        return true;
    }

    /// <summary>
    /// Whether less than an eighth of the headroom was taken since memory was last read, and surely not all of it.
    /// </summary>
    /// <param name="takenUsec">How much, as time; 0 when memory has to be read.</param>
    private bool HasHardlyMoved(out long takenUsec)
    {
        takenUsec = 0;
        if (!_comparisons.AreOfFree
            || !_host.TryReadTaken(out long memoryBytes, out long swapBytes, out long mostBytes)
            || Cadence.FillUsec(mostBytes, 0) >= _headroomUsec)
        {
            return false;
        }

        long usec = Cadence.FillUsec(memoryBytes, swapBytes);
        if (usec >= _headroomUsec / 8)
            return false;
        takenUsec = Math.Max(usec, Cadence.FillUsec(mostBytes, 0));
        return true;
    }

    private bool IsCalm(long nowUsec) =>
        !_engine.IsTense && _engine.Level == PressureLevel.Normal && nowUsec >= _alertUntilUsec;

    /// <summary>Whether so little memory is left, or for so short a time, that a choice is prepared.</summary>
    private bool IsWatchful()
    {
        long available = _host.Values[BaseHostSlot.MemAvailableUser];
        long exhaustionUsec = _host.Values[BaseHostSlot.TimeToExhaustion];
        return (available != Quantity.Unknown && available < WatchfulAvailableUser)
            || (exhaustionUsec != Quantity.Unknown && exhaustionUsec < WatchfulExhaustionUsec);
    }

    private void Schedule(long nowUsec)
    {
        long sleepUsec = Cadence.EmergencyUsec;
        if (!_engine.IsTense)
        {
            _headroomUsec = Cadence.HeadroomUsec(_engine.Rules, _host.Values);
            sleepUsec = nowUsec < _alertUntilUsec ? Cadence.MinUsec : Cadence.SleepUsec(_headroomUsec);
        }

        _nextSampleUsec = nowUsec + sleepUsec;
        _glanceUntilUsec = 0;
        if (sleepUsec >= Cadence.MaxUsec || !_comparisons.AreAll || !IsCalm(nowUsec) || IsWatchful())
            return;
        _glanceUntilUsec = nowUsec + Cadence.CgroupSleepUsec(_engine.Rules, _host.Values);
        _comparisons.Note(_host.Values);
    }

    private void Notice(WaitEvent waitEvent, long nowUsec)
    {
        if (waitEvent.Descriptor != _trigger || waitEvent.Kind is not (WaitKind.Pressure or WaitKind.Gone))
        {
            _flights.Notice(waitEvent);
            return;
        }

        if (waitEvent.Kind == WaitKind.Pressure)
        {
            _alertUntilUsec = nowUsec + AlertUsec;
            return;
        }

        _kernel.Close(_trigger);
        _trigger = -1;
    }

    private void ScanAhead(long nowUsec)
    {
        if (nowUsec < _aheadAgainUsec)
            return;
        if (!IsWatchful() && !_engine.IsTense)
            return;
        foreach (RuleRuntime rule in _engine.Rules)
        {
            foreach (CompiledKill? kill in rule.Kills)
            {
                if (kill is not { NeedsLookAhead: true } || rule.Matches.Count == 0)
                    continue;
                _selector.LookAhead(kill, nowUsec);
                if (kill.TakesProcesses)
                    _selector.LookAtCommandLines(kill, nowUsec, mayWaitForSwap: !_engine.IsTense);
            }
        }

        _aheadAgainUsec = LookRest.UntilUsec(nowUsec, _kernel.NowUsec);
    }

    private void SetScales()
    {
        ReadOnlySpan<long> host = _host.Values;
        long memoryBytes = Math.Max(host[BaseHostSlot.MemTotal], 0);
        _selector.Scales = new MachineScales(memoryBytes, memoryBytes + Math.Max(host[BaseHostSlot.SwapTotal], 0));
    }

    private void Publish(long nowUsec)
    {
        ReadOnlySpan<long> host = _host.Values;
        DaemonSnapshot snapshot = _snapshot;
        snapshot.State = _steps == 0
            ? DaemonState.Starting
            : _kills.Pause.IsOn ? DaemonState.Paused
            : snapshot.DegradedReasons.Length > 0 ? DaemonState.Degraded : DaemonState.Guarding;
        snapshot.Level = _engine.Level;
        snapshot.DryRun = _kills.DryRun;
        snapshot.PausedUntilUsec = _kills.Pause.UntilUsec;
        snapshot.PauseReason = _kills.Pause.Reason;
        snapshot.NowUsec = nowUsec;
        snapshot.MemoryTotalBytes = host[BaseHostSlot.MemTotal];
        snapshot.MemoryAvailableBytes = _host.Raw.AvailableBytes;
        snapshot.MemoryAnonBytes = host[BaseHostSlot.MemAnon];
        snapshot.AvailableUserMillionths = host[BaseHostSlot.MemAvailableUser];
        snapshot.SwapTotalBytes = host[BaseHostSlot.SwapTotal];
        snapshot.SwapFreeBytes = host[BaseHostSlot.SwapFree];
        snapshot.SwapEffectiveBytes = host[BaseHostSlot.SwapEffective];
        snapshot.TimeToExhaustionUsec = host[BaseHostSlot.TimeToExhaustion];
        snapshot.MemorySomeAvg10Millionths = host[BaseHostSlot.MemorySomeAvg10];
        snapshot.MemoryFullAvg10Millionths = host[BaseHostSlot.MemoryFullAvg10];
        snapshot.IoFullAvg10Millionths = host[BaseHostSlot.IoFullAvg10];
        snapshot.PolicyDiffers = _standing.Differs;
        snapshot.Kills = _kills.Kills;
        snapshot.Steps = _steps;
        _board.Publish(snapshot);
    }

    private void ArmTrigger()
    {
        if (!_kernel.Features.Psi)
            return;
        bool shortWindows = _kernel.Features.ShortTriggerWindows;
        _trigger = _kernel.ArmTrigger(
            KernelDirectory.None,
            "/proc/pressure/memory"u8,
            StallKind.Some,
            shortWindows ? TriggerStallUsec : UnprivilegedStallUsec,
            shortWindows ? TriggerWindowUsec : UnprivilegedWindowUsec);
    }

    /// <summary>Of what there is too much to look at all of it.</summary>
    private (bool Cgroups, string? Processes) LeavesOut => (_cgroups.IsTruncated, Processes.Truncation);

    private void UpdateReasons()
    {
        _engine.DegradationChanged = false;
        _host.MissingChanged = false;
        var reasons = new List<string>();
        if (_standing.Problem is { } problem)
            reasons.Add(problem);
        reasons.AddRange(_givenReasons);
        foreach (string late in _lateReasons)
            AddFound(reasons, late);
        foreach (string missing in _host.Missing)
            AddFound(reasons, missing);
        _saidLeavesOut = LeavesOut;
        if (_saidLeavesOut.Cgroups)
            AddFound(reasons, CgroupTable.TruncatedReason);
        if (_saidLeavesOut.Processes is { } truncation)
            AddFound(reasons, truncation);

        _saidLacking = _actions.Lacking;
        _actions.AddReasons(reasons);
        _desk.AddReasons(reasons, _engine.Policy);
        if (_trigger < 0)
            AddFound(reasons, "no PSI trigger: pressure is noticed by sampling alone, up to 1 s later");
        if (_engine.LeavesOut)
        {
            string first = _engine.LeftOutFirst is { } rule ? $", the first of rule {rule.Name}" : "";
            AddFound(
                reasons,
                $"matches beyond what is kept{first}: there are too many cgroups for what the rules ask of each; "
                + "narrow the patterns of for-each, any() and the like, or ask for fewer windows");
        }

        if (_engine.HeldAsleep is { } held)
        {
            AddFound(
                reasons,
                $"rule {held.Name} is true for more cgroups than it can be carried out for at once: the others have to "
                + "wait; narrow its for-each, or give it an end and a shorter cooldown");
        }

        foreach (RuleRuntime rule in _engine.Rules)
        {
            if (rule.IsDegraded)
                AddFound(reasons, $"rule {rule.Rule.Name} cannot be decided here: {Unreadable(rule)}");
        }

        _snapshot.DegradedReasons = reasons.ToArray();
    }

    /// <summary>What a rule asks about that is not known of any of its matches.</summary>
    private string Unreadable(RuleRuntime rule)
    {
        var text = new TextBuffer(DaemonEvent.TextBytes);
        if (rule.Matches.Count > 0)
            ConditionReport.AppendUnreadable(text, rule.Matches[0], _host.Values, _kernel.NowUsec);
        return text.Length > 0 ? text.ToString() : "something it asks about is unknown";
    }

    /// <summary>A reason that nobody has said yet when it is found is said here, once while it lasts.</summary>
    private void AddFound(List<string> reasons, string reason)
    {
        reasons.Add(reason);
        if (Array.IndexOf(_snapshot.DegradedReasons, reason) >= 0)
            return;
        DaemonEvent line = _sink.Begin(DaemonEventKind.Log, _kernel.NowUsec, EventPriority.Warning);
        line.Text.Append("degraded: "u8).Append(reason);
        _sink.Commit();
    }

    private void UndoLeftovers()
    {
        UndoCounts counts = _undo.UndoAll(_kernel, _writer, units: null, _kernel.NowUsec + UndoPatienceUsec);
        _effects.TakeOver();
        if (counts.Undone > 0)
            Say(EventPriority.Notice, "put back what a previous process left changed: "u8, counts.Undone);
        if (counts.Foreign > 0)
            Say(
                EventPriority.Warning, "left alone what others have changed since a previous process did: "u8,
                counts.Foreign);
        if (counts.Failed > 0)
            Say(
                EventPriority.Error, "could not put back yet what a previous process left changed, and tries again: "u8,
                counts.Failed);
    }

    private void Say(EventPriority priority, ReadOnlySpan<byte> text, long number)
    {
        DaemonEvent line = _sink.Begin(DaemonEventKind.Log, _kernel.NowUsec, priority);
        line.Text.Append(text).Append(number);
        _sink.Commit();
    }
}
