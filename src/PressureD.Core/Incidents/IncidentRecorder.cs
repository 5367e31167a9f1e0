using System;
using PressureD.Core.Cgroups;
using PressureD.Core.Durable;
using PressureD.Core.Engine;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Core.Readers;
using PressureD.Core.Sampling;
using PressureD.Core.Victims;

namespace PressureD.Core.Incidents;

/// <summary>
/// Keeps the evidence of every firing. It stands before the event sink: what the engine and the actions say of a rule
/// goes into that rule's open incident by itself, and from there, complete with what came of it, to the shelf. What is
/// more than words goes there at once as well, so that it outlives a daemon that ends before that.
/// </summary>
/// <remarks>
/// Everything is preallocated. When more happens at once than the pool holds, that is counted and said.
/// </remarks>
internal sealed class IncidentRecorder : IEventSink
{
    /// <summary>With copies and samples less than 160 KiB together.</summary>
    public const int PoolSize = 8;

    /// <summary>Copies of what goes on that wait to be written; when all do, the next step sees to it.</summary>
    public const int CopyCount = 2;

    /// <summary>How long what comes of an act is looked at.</summary>
    private const long AftermathUsec = 10_000_000;

    /// <summary>A rule that goes on and on has its story told in parts.</summary>
    private const long LongestUsec = 120_000_000;

    private const long SampleSpacingUsec = 250_000;

    private readonly IEventSink _inner;
    private readonly IIncidentShelf? _shelf;
    private readonly KillFlights _flights;
    private readonly FlightRecorder _recorder = new();
    private readonly RunLedger _ledger;
    private readonly Incident[] _pool = new Incident[PoolSize];
    private readonly Incident[] _copies = new Incident[CopyCount];
    private readonly IncidentAct _unattached = new();
    private MatchState? _unattachedFor;
    private DaemonEvent? _line;
    private MatchState? _focus;
    private long _focusId;
    private HostSampler? _host;
    private long _nextId;
    private long _askedId;
    private long _lost;
    private long _lostSaid;

    /// <param name="inner">Where events go on to.</param>
    /// <param name="shelf">Where incidents go; null when nobody keeps them.</param>
    /// <param name="flights">Victims in flight: while one is, its incident is not complete.</param>
    /// <param name="ledger">Knows which numbers were given out, whatever became of their incidents.</param>
    /// <param name="firstId">The least number of the first incident.</param>
    public IncidentRecorder(
        IEventSink inner, IIncidentShelf? shelf, KillFlights flights, RunLedger ledger, long firstId)
    {
        _inner = inner;
        _shelf = shelf;
        _flights = flights;
        _ledger = ledger;
        _nextId = Math.Max(Math.Max(firstId, 1), ledger.LastIncident + 1);
        for (int i = 0; i < _pool.Length; i++)
            _pool[i] = new Incident();
        for (int i = 0; i < _copies.Length; i++)
            _copies[i] = new Incident();
    }

    /// <inheritdoc/>
    public DaemonEvent Begin(DaemonEventKind kind, long timeUsec, EventPriority priority) =>
        _line = _inner.Begin(kind, timeUsec, priority);

    /// <inheritdoc/>
    public void Commit()
    {
        if (_line is { } line)
        {
            _line = null;
            Attach(line);
        }

        _inner.Commit();
    }

    /// <summary>Takes a step's sample, for the ring and for every open incident.</summary>
    public void Sample(long nowUsec, HostSampler host)
    {
        _host = host;
        _recorder.Note(nowUsec, host.Values);
        foreach (Incident incident in _pool)
        {
            bool isDue = LastSampleUsec(incident) + incident.SampleSpacingUsec <= nowUsec;
            if (incident.Stage == IncidentStage.Open && isDue)
                Add(incident, nowUsec);
        }
    }

    /// <summary>Whose the events are that come now; null when they are nobody's in particular.</summary>
    public void Focus(MatchState? match)
    {
        _focus = match;
        _focusId = 0;
    }

    /// <summary>The events that come now belong to a flight.</summary>
    public void Focus(KillFlight flight)
    {
        _focus = flight.Match;
        _focusId = flight.Incident;
    }

    /// <summary>Somebody asked for a kill: its events come now, and those of its flight later.</summary>
    /// <param name="rule">The rule by which the victim was chosen; null when it was named.</param>
    /// <param name="match">What the rule watches, whose state is kept.</param>
    /// <param name="uid">Who asked; null when that is not known.</param>
    /// <param name="nowUsec">The step's time.</param>
    /// <param name="forVictim">Whether it matters more than what comes of other acts.</param>
    /// <returns>The incident's number; 0 when there is no place for one.</returns>
    public long OpenAsked(Rule? rule, MatchState? match, uint? uid, long nowUsec, bool forVictim = true)
    {
        if (Take(nowUsec, forVictim) is not { } incident)
            return 0;
        incident.Rule = rule;
        incident.AskedBy = uid;
        if (match is not null)
            Describe(incident, match, nowUsec);
        incident.Stage = IncidentStage.Open;
        _focus = null;
        _focusId = incident.Id;
        return incident.Id;
    }

    /// <summary>
    /// Somebody asked to keep the state of this moment. One at a time, so that the others have their places.
    /// </summary>
    /// <param name="text">What it is kept for.</param>
    /// <param name="uid">Who asked.</param>
    /// <param name="nowUsec">The step's time.</param>
    /// <returns>The incident's number; 0 when there is no place for one, or the last one is not complete.</returns>
    public long Record(string text, uint uid, long nowUsec)
    {
        if (Find(_askedId) is not null)
            return 0;
        _askedId = OpenAsked(null, null, uid, nowUsec, forVictim: false);
        Focus(null as MatchState);
        if (Find(_askedId) is { } incident && NextAct(incident, IncidentActKind.Recorded, nowUsec) is { } act)
            act.Text.Append(text);
        return _askedId;
    }

    /// <summary>
    /// What becomes of victims that a previous process left in flight is told in incidents of their own: those that
    /// told of the signals ended with it.
    /// </summary>
    public void TakeOver(long nowUsec)
    {
        foreach (KillFlight flight in _flights.All)
        {
            if (flight.Stage == FlightStage.Free)
                continue;
            flight.Incident = OpenAsked(flight.Rule?.Rule, null, null, nowUsec);
            if (Find(flight.Incident) is not { } incident
                || NextAct(incident, IncidentActKind.Signalled, nowUsec) is not { } act)
            {
                continue;
            }

            Victim victim = flight.Victim;
            incident.TakeVictim(victim);
            act.Pid = victim.Pid;
            act.ExpectedBytes = victim.SizeBytes;
            act.Comm.CopyFrom(victim.Comm);
            act.Cgroup.AppendEnd(victim.Path.Span, 128);
            bool isKill = flight.KillUsec != 0;
            act.Text.Append("took over from a process that had sent "u8).Append(isKill ? "KILL "u8 : "TERM "u8)
                .AppendDuration(nowUsec - (isKill ? flight.KillUsec : flight.SignalUsec)).Append(" before"u8);
        }

        Focus(null as MatchState);
    }

    /// <summary>A rule became active.</summary>
    public void Fire(MatchState match, long nowUsec)
    {
        match.HeldBackFor = 0;
        Open(match, nowUsec);
    }

    /// <summary>The condition of an active rule no longer holds.</summary>
    public void NoteOver(MatchState match, long nowUsec)
    {
        if (Find(match) is { } incident)
            incident.OverUsec = nowUsec;
    }

    /// <summary>A rule raised its level.</summary>
    public void NoteLevel(MatchState match, PressureLevel level, long nowUsec)
    {
        if (Find(match) is { } incident && NextAct(incident, IncidentActKind.Notified, nowUsec) is { } act)
            act.Text.Append("raised the level to "u8).Append(PressureLevelName.Of(level));
    }

    /// <summary>
    /// A rule that holds did not act. Each reason is kept once while the rule is active, however often it comes.
    /// </summary>
    public void NoteHeldBack(MatchState match, long nowUsec, ReadOnlySpan<byte> why, ReadOnlySpan<byte> more)
    {
        if (!IsNewReason(match, why) || (Find(match) ?? Open(match, nowUsec)) is not { } incident)
            return;
        if (NextAct(incident, IncidentActKind.HeldBack, nowUsec) is { } act)
            act.Text.Append(why).Append(more);
    }

    /// <summary>The policy asks to keep the state of this moment.</summary>
    /// <param name="match">The rule's match.</param>
    /// <param name="text">What it is kept for.</param>
    /// <param name="nowUsec">The step's time.</param>
    public void NoteRecorded(MatchState match, string text, long nowUsec)
    {
        if ((Find(match) ?? Open(match, nowUsec)) is { } incident
            && NextAct(incident, IncidentActKind.Recorded, nowUsec) is { } act)
        {
            act.Text.Append(text);
        }
    }

    /// <summary>Among whom a rule chose, after it has said what it did or why it did nothing.</summary>
    public void NoteCandidates(MatchState match, CandidateReport report)
    {
        if (Find(match) is { } incident)
            incident.TakeCandidates(report);
    }

    /// <summary>The same, and whom it chose.</summary>
    public void NoteChoice(MatchState match, CandidateReport report, Victim victim)
    {
        NoteCandidates(match, report);
        Find(match)?.TakeVictim(victim);
    }

    /// <summary>The victim of a kill that was asked for, and among whom it was chosen.</summary>
    /// <param name="id">The incident.</param>
    /// <param name="report">Null when it was named.</param>
    /// <param name="victim">Who it is.</param>
    public void NoteChoice(long id, CandidateReport? report, Victim victim)
    {
        if (Find(id) is not { } incident)
            return;
        incident.TakeVictim(victim);
        if (report is not null)
            incident.TakeCandidates(report);
    }

    /// <summary>What was said last had an effect: it is more than words.</summary>
    public void NoteEffect(MatchState match, long nowUsec)
    {
        if (Find(match) is null)
            OpenLate(match, nowUsec);
        if (Find(match) is not { ActCount: > 0 } incident)
            return;
        IncidentAct act = incident.ActSlots[incident.ActCount - 1];
        if (act is { Kind: IncidentActKind.Said, DryRun: false } && act.TimeUsec == nowUsec)
        {
            act.Kind = IncidentActKind.Acted;
            incident.IsDue = true;
        }
    }

    /// <summary>Something of a match is under way, and its end belongs to the incident.</summary>
    public void ExpectMore(MatchState match, long untilUsec)
    {
        if (Find(match) is { } incident)
            incident.LastActUsec = Math.Max(incident.LastActUsec, untilUsec);
    }

    /// <summary>Whether some incident still takes samples.</summary>
    public bool IsAnyOpen
    {
        get
        {
            foreach (Incident incident in _pool)
            {
                if (incident.Stage == IncidentStage.Open)
                    return true;
            }

            return false;
        }
    }

    /// <summary>Every slot: those in use are told of as they are until they are written.</summary>
    internal ReadOnlySpan<Incident> Slots => _pool;

    /// <summary>
    /// The number of a match's open incident, 0 when it has none, for somebody outside, who may ask for it whatever
    /// becomes of the daemon: it is handed over from here on.
    /// </summary>
    public long GiveOut(MatchState match)
    {
        if (Find(match) is not { } incident)
            return 0;
        incident.IsDue = true;
        return incident.Id;
    }

    /// <summary>Completes what is over, and hands over what is new of the others. Once a step, last.</summary>
    public void Advance(long nowUsec)
    {
        Focus(null as MatchState);
        foreach (Incident incident in _pool)
        {
            if (incident.Stage == IncidentStage.Open && IsComplete(incident, nowUsec))
                Close(incident);
        }

        HandOver(nowUsec);
        if (_lost == _lostSaid)
            return;
        DaemonEvent line = _inner.Begin(DaemonEventKind.Log, nowUsec, EventPriority.Warning);
        line.Text.Append("incidents: "u8).AppendCount(_lost - _lostSaid, "has"u8, "have"u8)
            .Append(" no record: more happened at once than is kept in memory"u8);
        _inner.Commit();
        _lostSaid = _lost;
    }

    /// <summary>Hands copies of what goes on and has something new that is not to be lost to the shelf.</summary>
    public void HandOver(long nowUsec)
    {
        foreach (Incident incident in _pool)
        {
            if (incident.Stage != IncidentStage.Open || !incident.IsDue || _shelf is null)
                continue;
            if (FreeCopy() is not { } copy)
                return;
            incident.IsDue = false;
            copy.CopyFrom(incident, nowUsec);
            copy.Stage = IncidentStage.Complete;
            _shelf.Take(copy);
        }
    }

    /// <summary>
    /// The matches are another policy's now: open incidents go on with those that do, else by the names of their rules.
    /// </summary>
    public void FollowMatches()
    {
        Focus(null as MatchState);
        foreach (Incident incident in _pool)
            incident.Match = incident.Match?.Successor;
    }

    /// <summary>Completes every incident as it is: nothing more comes.</summary>
    public void CloseAll()
    {
        foreach (Incident incident in _pool)
        {
            if (incident.Stage == IncidentStage.Open)
                Close(incident);
        }
    }

    /// <summary>Makes the memory of all incidents resident.</summary>
    public void Rehearse()
    {
        _recorder.Touch();
        foreach (Incident incident in _pool)
        {
            if (incident.Stage == IncidentStage.Free)
                incident.Touch();
        }

        foreach (Incident copy in _copies)
        {
            if (copy.Stage == IncidentStage.Free)
                copy.Touch();
        }
    }

    private void Attach(DaemonEvent line)
    {
        if (line.Kind == DaemonEventKind.RuleFired)
        {
            if (_focus is { } fired)
                line.Incident = Find(fired)?.Id ?? 0;
            return;
        }

        Incident? incident = FindFor(line);
        if (incident is null)
        {
            Keep(line);
            return;
        }

        line.Incident = incident.Id;
        if (line.Kind is DaemonEventKind.Log or DaemonEventKind.HeldBack && WasJustHeldBack(incident, line.TimeUsec))
            return;
        if (NextAct(incident, KindOf(line.Kind), line.TimeUsec) is not { } act)
            return;
        Fill(act, line);
    }

    /// <summary>What a rule says while it has no incident may turn out to have an effect.</summary>
    private void Keep(DaemonEvent line)
    {
        if (line.Rule is null || _focus?.Rule.Name != line.Rule)
            return;
        _unattachedFor = _focus;
        _unattached.Clear();
        _unattached.TimeUsec = line.TimeUsec;
        Fill(_unattached, line);
    }

    private static void Fill(IncidentAct act, DaemonEvent line)
    {
        act.DryRun = line.DryRun;
        act.Pid = line.Pid;
        act.ExpectedBytes = line.ExpectedBytes;
        act.FreedBytes = line.FreedBytes;
        act.TookUsec = line.TookUsec;
        act.Text.Append(WithoutRule(line));
        act.Comm.CopyFrom(line.Comm);
        act.Cgroup.AppendEnd(line.Cgroup.Span, 128);
    }

    /// <summary>
    /// The incident of a rule that stays active without doing anything is complete after a while. When it acts after
    /// all, that is another one, and begins with what was said last.
    /// </summary>
    private void OpenLate(MatchState match, long nowUsec)
    {
        bool isSaid = ReferenceEquals(_unattachedFor, match) && _unattached.TimeUsec == nowUsec;
        if (!isSaid || _unattached.DryRun || Open(match, nowUsec) is not { } incident)
            return;
        if (NextAct(incident, IncidentActKind.Said, nowUsec) is { } act)
            act.CopyFrom(_unattached);
    }

    private Incident? FindFor(DaemonEvent line)
    {
        if (_focusId != 0)
            return Find(_focusId);
        if (line.Rule is null && line.Kind != DaemonEventKind.Braked)
            return null;
        MatchState? match = _focus is { } focus && (line.Rule is null || focus.Rule.Name == line.Rule) ? focus : null;
        Incident? incident = match is null ? FindByName(line.Rule) : Find(match);
        if (line.Kind != DaemonEventKind.SignalSent || match is null)
            return incident;

        // A dry run says the same again and again; that it would act is told once while the rule is active.
        if (line.DryRun)
            return IsNewReason(match, "dry run"u8) ? incident ?? Open(match, line.TimeUsec) : null;

        // Each victim has an incident of its own.
        if (incident is not null && HasDeath(incident))
        {
            Close(incident);
            incident = null;
        }

        return incident ?? Open(match, line.TimeUsec, forVictim: true);
    }

    private static IncidentActKind KindOf(DaemonEventKind kind) => kind switch
    {
        DaemonEventKind.Log => IncidentActKind.Said,
        DaemonEventKind.LevelChanged => IncidentActKind.Notified,
        DaemonEventKind.SignalSent => IncidentActKind.Signalled,
        DaemonEventKind.Killed => IncidentActKind.Died,
        DaemonEventKind.Braked or DaemonEventKind.HeldBack => IncidentActKind.HeldBack,
        _ => IncidentActKind.Acted,
    };

    /// <summary>The incident has the rule's name already.</summary>
    private static ReadOnlySpan<byte> WithoutRule(DaemonEvent line)
    {
        ReadOnlySpan<byte> text = line.Text.Span;
        int length = line.Rule?.Length ?? 0;
        bool named = length > 0 && text.Length > length + 2 && text[length] == ':' && text[length + 1] == ' ';
        return named ? text[(length + 2)..] : text;
    }

    private static bool IsNewReason(MatchState match, ReadOnlySpan<byte> why)
    {
        ulong reason = PathHash.Of(why);
        if (match.HeldBackFor == reason)
            return false;
        match.HeldBackFor = reason;
        return true;
    }

    /// <summary>The log says what the record has already.</summary>
    private static bool WasJustHeldBack(Incident incident, long nowUsec) =>
        incident.ActCount > 0
        && incident.Acts[^1] is { Kind: IncidentActKind.HeldBack } act && act.TimeUsec == nowUsec;

    private static bool HasDeath(Incident incident)
    {
        foreach (IncidentAct act in incident.Acts)
        {
            if (act.Kind == IncidentActKind.Died)
                return true;
        }

        return false;
    }

    private IncidentAct? NextAct(Incident incident, IncidentActKind kind, long nowUsec)
    {
        if (kind is not (IncidentActKind.Said or IncidentActKind.HeldBack))
            incident.LastActUsec = nowUsec;
        incident.IsDue |= kind is not (IncidentActKind.Said or IncidentActKind.Notified);

        // The last place is for how it ended.
        int places = kind is IncidentActKind.Died ? Incident.MaxActs : Incident.MaxActs - 1;
        if (incident.ActCount >= places)
        {
            incident.ActsLeftOut++;
            return null;
        }

        IncidentAct act = incident.ActSlots[incident.ActCount++];
        act.Clear();
        act.Kind = kind;
        act.TimeUsec = nowUsec;
        return act;
    }

    private Incident? Find(MatchState match)
    {
        foreach (Incident incident in _pool)
        {
            if (ReferenceEquals(incident.Match, match) && incident.Stage == IncidentStage.Open)
                return incident;
        }

        return null;
    }

    private Incident? Find(long id)
    {
        foreach (Incident incident in _pool)
        {
            if (incident.Id == id && incident.Stage == IncidentStage.Open)
                return incident;
        }

        return null;
    }

    private Incident? FindByName(string? rule)
    {
        Incident? newest = null;
        foreach (Incident incident in _pool)
        {
            bool isOfRule = incident is { Stage: IncidentStage.Open, AskedBy: null } && incident.Rule?.Name == rule;
            if (isOfRule && incident.Id > (newest?.Id ?? 0))
                newest = incident;
        }

        return newest;
    }

    private Incident? Open(MatchState match, long nowUsec, bool forVictim = false)
    {
        if (Find(match) is { } earlier)
            Close(earlier);
        if (Take(nowUsec, forVictim) is not { } incident)
            return null;
        incident.Rule = match.Rule;
        incident.Match = match;
        incident.ActiveSinceUsec = match.ActiveSinceUsec == 0 ? nowUsec : match.ActiveSinceUsec;
        Describe(incident, match, nowUsec);
        incident.Stage = IncidentStage.Open;
        return incident;
    }

    /// <summary>A blank one, with what led to this moment; null when there is no place for it.</summary>
    private Incident? Take(long nowUsec, bool forVictim)
    {
        Incident? incident = FreePlace(forVictim);
        if (incident is null)
        {
            _lost++;
            return null;
        }

        incident.Clear();
        incident.Id = _ledger.LastIncident = _nextId++;
        incident.OpenedUsec = nowUsec;
        incident.ActiveSinceUsec = nowUsec;
        incident.LastActUsec = nowUsec;
        incident.LostBefore = _lost;
        incident.SampleSpacingUsec = SampleSpacingUsec;
        incident.SampleCount = _recorder.Excerpt(incident.SampleSlots[..Incident.MaxBefore]);
        incident.BeforeCount = incident.SampleCount;
        return incident;
    }

    private void Describe(Incident incident, MatchState match, long nowUsec)
    {
        if (match.Cgroup is { } cgroup)
            incident.Cgroup.AppendEnd(cgroup.Path, 160);
        if (_host is { } host)
            Judge(incident, match, host, nowUsec);
    }

    /// <summary>
    /// A place that is free or can be made so. What comes of having said something matters less than a new incident,
    /// and what comes of any other act less than a victim.
    /// </summary>
    private Incident? FreePlace(bool forVictim)
    {
        Incident? least = null;
        foreach (Incident incident in _pool)
        {
            if (incident.Stage == IncidentStage.Free)
                return incident;
            bool mayGo = incident.Stage == IncidentStage.Open
                && (incident.IsMinor || (forVictim && !IsOfFlight(incident)));
            if (mayGo && (least is null || IsLess(incident, least)))
                least = incident;
        }

        if (least is null)
            return null;

        // Its own place is free only once it is written; that of a copy may be at once.
        if (_shelf is not null && FreeCopy() is { } copy)
        {
            copy.CopyFrom(least, null);
            copy.Stage = IncidentStage.Complete;
            _shelf.Take(copy);
            least.Release();
            return least;
        }

        Close(least);
        return least.Stage == IncidentStage.Free ? least : null;
    }

    private static bool IsLess(Incident one, Incident other) =>
        one.IsMinor == other.IsMinor ? one.Id < other.Id : one.IsMinor;

    private Incident? FreeCopy()
    {
        foreach (Incident copy in _copies)
        {
            if (copy.Stage == IncidentStage.Free)
                return copy;
        }

        return null;
    }

    private static void Judge(Incident incident, MatchState match, HostSampler host, long nowUsec)
    {
        var evaluator = new ConditionEvaluator(host.Values, match, nowUsec, recheck: true);
        ConditionEvidence.Append(incident.Evidence, match.Rule.When, evaluator);
        ConditionNode[] nodes = match.Rule.When.Nodes;
        foreach (ref readonly ConditionNode node in nodes.AsSpan())
        {
            if (!ComparesMetric(nodes, node) || incident.ComparisonCount == Incident.MaxComparisons)
                continue;
            MetricOperand operand = nodes[node.Left].Operand;
            incident.ComparisonSlots[incident.ComparisonCount++] = new IncidentComparison
            {
                Metric = operand.Metric,
                OfHost = operand.OfHost,
                Comparison = node.Comparison,
                Value = evaluator.Value(nodes, node.Left),
                Threshold = evaluator.Value(nodes, node.Right),
            };
        }

        if (incident.SampleCount > 0)
            Watch(ref incident.SampleSlots[incident.SampleCount - 1], match, host, nowUsec);
    }

    /// <summary>Notes what the rule's first two comparisons look at.</summary>
    private static void Watch(ref IncidentSample sample, MatchState match, HostSampler host, long nowUsec)
    {
        if (match.IsGone)
            return;
        var evaluator = new ConditionEvaluator(host.Values, match, nowUsec, recheck: true);
        int found = 0;
        ConditionNode[] nodes = match.Rule.When.Nodes;
        foreach (ref readonly ConditionNode node in nodes.AsSpan())
        {
            if (!ComparesMetric(nodes, node))
                continue;
            if (found++ == 0)
            {
                sample.FirstValue = evaluator.Value(nodes, node.Left);
                continue;
            }

            sample.SecondValue = evaluator.Value(nodes, node.Left);
            return;
        }
    }

    /// <summary>Values of groups of cgroups are in the evidence, which names them.</summary>
    private static bool ComparesMetric(ConditionNode[] nodes, in ConditionNode node) =>
        node.Op == ConditionOp.Compare && nodes[node.Left].Op == ConditionOp.Metric;

    private void Add(Incident incident, long nowUsec)
    {
        if (incident.SampleCount == Incident.MaxSamples)
            ThinOut(incident);
        ref IncidentSample sample = ref incident.SampleSlots[incident.SampleCount++];
        sample = _recorder.Last;
        if (incident.Match is { } match && _host is { } host)
            Watch(ref sample, match, host, nowUsec);
    }

    /// <summary>What comes after takes twice as long between samples, so that it always finds place.</summary>
    private static void ThinOut(Incident incident)
    {
        int kept = incident.BeforeCount;
        for (int i = incident.BeforeCount + 1; i < incident.SampleCount; i += 2)
            incident.SampleSlots[kept++] = incident.SampleSlots[i];
        incident.SampleCount = kept;
        incident.SampleSpacingUsec *= 2;
    }

    private static long LastSampleUsec(Incident incident) =>
        incident.SampleCount == 0 ? 0 : incident.SampleSlots[incident.SampleCount - 1].TimeUsec;

    private bool IsComplete(Incident incident, long nowUsec)
    {
        if (nowUsec - incident.LastActUsec < AftermathUsec && nowUsec - incident.OpenedUsec < LongestUsec)
            return false;
        return !IsOfFlight(incident);
    }

    private bool IsOfFlight(Incident incident)
    {
        foreach (KillFlight flight in _flights.All)
        {
            if (flight.Stage == FlightStage.Free)
                continue;
            bool isItsOwn = flight.Incident != 0
                ? flight.Incident == incident.Id
                : flight.Match is { } match && ReferenceEquals(match, incident.Match);
            if (isItsOwn)
                return true;
        }

        return false;
    }

    private void Close(Incident incident)
    {
        incident.Match = null;
        if (_shelf is null)
        {
            incident.Stage = IncidentStage.Free;
            return;
        }

        incident.Stage = IncidentStage.Complete;
        _shelf.Take(incident);
    }
}
