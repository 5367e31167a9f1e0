using System;
using PressureD.Core.Cgroups;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;

namespace PressureD.Core.Victims;

/// <summary>
/// Chooses whom a kill ends: lists candidates with the cheap fields, orders them, and examines them from the best down
/// until one may be taken. It never signals anybody.
/// </summary>
internal sealed class VictimSelector
{
    /// <summary>How many passed-over candidates a selection names.</summary>
    private const int NamedRefusals = 5;

    /// <summary>
    /// To ask every process where it is takes a second where they are tens of thousands, and there may be as many
    /// cgroups for which that is the only way: a choice does it for the best of them.
    /// </summary>
    private const int MostLooksAtAll = 8;

    private readonly IKernel _kernel;
    private readonly CgroupTable _cgroups;
    private readonly CgroupStalls _stalls;
    private readonly Examiner _examiner;
    private readonly MemberList _members;
    private readonly GroupKiller _groups;
    private readonly CandidateList _list;
    private readonly CommandLines _commandLines;
    private readonly Victim _target = new();
    private int _looksAtAll;

    public VictimSelector(
        IKernel kernel,
        CgroupTable cgroups,
        KillFlights flights,
        MemberList members,
        ProcessTable processes,
        GroupKiller groups)
    {
        _groups = groups;
        _kernel = kernel;
        _cgroups = cgroups;
        _members = members;
        _stalls = new CgroupStalls(kernel, cgroups);
        _commandLines = new CommandLines(kernel);
        _examiner = new Examiner(kernel, cgroups, flights, processes.Subject);
        _list = new CandidateList(kernel, cgroups, processes, _examiner);
    }

    public ProcessTable Processes => _list.Processes;

    public CgroupStalls Stalls => _stalls;

    /// <summary>The candidates of the last choice that did not have to wait.</summary>
    public CandidateReport Report { get; } = new();

    /// <summary>The machine's sizes.</summary>
    public MachineScales Scales
    {
        get => _list.Scales;
        set => _list.Scales = value;
    }

    /// <summary>Measures ahead of need what a choice can only tell from two looks.</summary>
    public void LookAhead(CompiledKill kill, long nowUsec)
    {
        _examiner.Begin(kill, null, nowUsec, mayWait: false);
        _list.LookAhead(kill, nowUsec);
    }

    /// <summary>Has read ahead of need what only incidents tell of a victim.</summary>
    /// <param name="kill">Whose candidates, which were just looked at.</param>
    /// <param name="nowUsec">The step's time.</param>
    /// <param name="mayWaitForSwap">Whether nobody is about to be killed.</param>
    public void LookAtCommandLines(CompiledKill kill, long nowUsec, bool mayWaitForSwap) =>
        _commandLines.LookAhead(Processes, kill.Action.From, nowUsec, mayWaitForSwap);

    /// <summary>Whether what has come was read for <see cref="LookAtCommandLines"/>: nobody waits for it.</summary>
    public bool IsCommandLine(in WaitEvent waitEvent) => _commandLines.IsOfThese(waitEvent);

    /// <summary>Chooses.</summary>
    /// <param name="kill">The action.</param>
    /// <param name="match">The rule's match, to which a pattern that begins with "./" is relative; null for the
    /// host.</param>
    /// <param name="nowUsec">The step's time.</param>
    /// <param name="mayWait">Whether the selection may wait for what workers read, or cannot be read at this moment;
    /// false to end it with what is known.</param>
    /// <param name="victim">Filled when somebody was found.</param>
    /// <param name="passedOver">Gets the best candidates that were passed over, and why.</param>
    public Selection Select(
        CompiledKill kill, CgroupSlot? match, long nowUsec, bool mayWait, Victim victim, TextBuffer passedOver)
    {
        victim.Clear();
        passedOver.Clear();
        Begin(kill, match, nowUsec, mayWait);
        _list.Make(kill, match, nowUsec);
        if (_examiner.IsWaiting)
            return Selection.Waiting;
        if (kill.Action.StallsOthersRatio > 0)
            _stalls.Read(nowUsec);
        return TakeBest(kill, match, victim, passedOver);
    }

    /// <summary>
    /// What those give back at this moment who leave without having been asked by us: by themselves, or by somebody
    /// else's kill. As with our own victims it is counted on for half a second, and no longer.
    /// </summary>
    public long LeavingBytes(long nowUsec)
    {
        long sum = 0;
        foreach (ref readonly Leaver leaver in Processes.Leavers)
        {
            if (nowUsec - leaver.SinceUsec < KillFlights.CreditUsec && _examiner.IsLeaving(leaver))
                sum += leaver.SizeBytes;
        }

        return sum;
    }

    /// <summary>Takes the one process that somebody names, if it may be a victim.</summary>
    /// <param name="kill">Whose protections count.</param>
    /// <param name="pid">The process.</param>
    /// <param name="startTicks">When it started, so that it is no other one of its number; 0: not known.</param>
    /// <param name="nowUsec">The step's time.</param>
    /// <param name="mayWait">Whether to wait for what workers read, or cannot be read at this moment.</param>
    /// <param name="victim">Filled when it may.</param>
    /// <param name="refusal">Why not.</param>
    /// <returns>Found, Nobody when it may not, or Waiting.</returns>
    public Selection SelectProcess(
        CompiledKill kill,
        int pid,
        long startTicks,
        long nowUsec,
        bool mayWait,
        Victim victim,
        out Refusal refusal)
    {
        victim.Clear();
        victim.Kind = VictimKind.Process;
        _examiner.Begin(kill, null, nowUsec, mayWait);

        // A thread can be looked up like a process, but is none.
        int listed = Processes.List(out ReadOnlySpan<int> pids);
        if (!pids.Contains(pid))
        {
            refusal = _examiner.RefusalOf(listed < 0 ? listed : -Errno.ESRCH);
            return Verdict(refusal);
        }

        Processes.Scan(nowUsec);
        ProcessEntry entry = Processes.Of(pid);
        victim.SizeBytes = entry.SizeBytes;
        victim.GrowthBytesPerSecond = entry.GrowthBytesPerSecond;
        refusal = ExamineProcess(kill, null, entry, victim);
        Subject subject = _examiner.Subject;
        if (startTicks != 0 && subject.IsRead && subject.Stat.StartTicks != startTicks)
            refusal = Refusal.Gone;
        return Verdict(refusal);
    }

    /// <summary>Takes the one cgroup that somebody names, if it may be a victim.</summary>
    /// <inheritdoc cref="SelectProcess"/>
    /// <param name="kill">Whose protections count.</param>
    /// <param name="path">The cgroup, without a leading slash.</param>
    /// <param name="nowUsec">The step's time.</param>
    /// <param name="mayWait">Whether to wait for what workers read, or cannot be read at this moment.</param>
    /// <param name="victim">Filled when it may.</param>
    /// <param name="refusal">Why not.</param>
    public Selection SelectCgroup(
        CompiledKill kill, ReadOnlySpan<byte> path, long nowUsec, bool mayWait, Victim victim, out Refusal refusal)
    {
        victim.Clear();
        victim.Kind = VictimKind.Cgroup;
        Begin(kill, null, nowUsec, mayWait);
        _cgroups.Refresh();
        CgroupSlot? cgroup = _cgroups.Find(path);
        refusal = cgroup is null ? _examiner.RefusalOf(_cgroups.IsLacking ? -Errno.EAGAIN : -Errno.ENOENT)
            : cgroup.Parent is null ? Refusal.OurCgroup
            : ExamineCgroup(cgroup, victim);
        if (refusal == Refusal.None)
            victim.SizeBytes = _list.SizeOf(cgroup!, nowUsec);
        return Verdict(refusal);
    }

    private void Begin(CompiledKill kill, CgroupSlot? match, long nowUsec, bool mayWait)
    {
        _examiner.Begin(kill, match, nowUsec, mayWait);
        _looksAtAll = 0;
    }

    private Selection TakeBest(CompiledKill kill, CgroupSlot? match, Victim victim, TextBuffer passedOver)
    {
        Report.Begin(kill.Action, _list.Ranked.Length);
        if (_list.Ranked.IsEmpty)
            passedOver.Append("nobody in what 'from' names holds memory"u8);
        int named = 0;
        for (int i = 0; i < _list.Ranked.Length; i++)
        {
            ref readonly Candidate candidate = ref _list.Ranked[i];
            Refusal refusal = Examine(kill, match, candidate, victim);
            if (_examiner.IsWaiting)
                return Selection.Waiting;
            Report.Examined = i + 1;
            if (refusal == Refusal.None || i < CandidateReport.MaxRows)
                Tell(candidate, refusal).IsTaken = refusal == Refusal.None;
            if (refusal == Refusal.None)
            {
                TellRest(i + 1);
                return Selection.Found;
            }

            if (named < NamedRefusals && refusal is not (Refusal.KernelThread or Refusal.Gone))
            {
                named++;
                Name(candidate, refusal, passedOver);
            }

            // The one to blame hurts nobody else. Whoever comes next on the list is one of those it could have hurt,
            // and dies in its place if the list is gone through further.
            if (refusal == Refusal.NotStallingOthers)
                return Selection.Nobody;
        }

        return Selection.Nobody;
    }

    /// <summary>Those behind the one that was taken, as far as there is room: why not they, is asked as well.</summary>
    private void TellRest(int from)
    {
        for (int i = from; i < _list.Ranked.Length && i < CandidateReport.MaxRows; i++)
            Tell(_list.Ranked[i], Refusal.None);
    }

    /// <summary>Tells of a candidate as it was ranked.</summary>
    private CandidateRow Tell(in Candidate candidate, Refusal refusal)
    {
        CandidateRow row = Report.Add();
        row.SizeBytes = candidate.SizeBytes;
        row.Values = candidate.Values;
        row.Refusal = refusal;
        if (candidate.Cgroup is { } cgroup)
        {
            row.Path.AppendEnd(cgroup.Path, CandidateRow.PathBytes);
            return row;
        }

        ref readonly ProcessEntry entry = ref Processes.Entries[candidate.ProcessIndex];
        row.Pid = entry.Pid;
        row.Uid = entry.Uid;
        row.OomScoreAdj = entry.OomScoreAdj;
        row.Comm.Append(CommOf(candidate));
        row.Path.AppendEnd(Processes.CgroupOf(entry), CandidateRow.PathBytes);
        return row;
    }

    private void Name(in Candidate candidate, Refusal refusal, TextBuffer text)
    {
        if (text.Length > 0)
            text.Append("; "u8);
        if (candidate.Cgroup is { } cgroup)
            text.Append("/"u8).AppendEscaped(cgroup.Path).Append(" "u8);
        else
            text.Append(candidate.TieBreaker).Append(" ("u8).AppendEscaped(CommOf(candidate)).Append(") "u8);
        text.AppendBytes(candidate.SizeBytes).Append(": "u8).Append(RefusalText.Of(refusal));
    }

    private ReadOnlySpan<byte> CommOf(in Candidate candidate)
    {
        ref readonly ProcessEntry entry = ref Processes.Entries[candidate.ProcessIndex];
        return ((ReadOnlySpan<byte>)entry.Comm)[..entry.CommLength];
    }

    private Refusal Examine(CompiledKill kill, CgroupSlot? match, in Candidate candidate, Victim victim)
    {
        victim.Clear();
        victim.Kind = candidate.Cgroup is not null ? VictimKind.Cgroup
            : kill.Action.Victim == VictimKind.ProcessGroup ? VictimKind.ProcessGroup
            : VictimKind.Process;
        victim.SizeBytes = candidate.SizeBytes;
        victim.GrowthBytesPerSecond = candidate.Values.GrowthBytesPerSecond;

        // What is known costs nothing to ask, and the small ones are many.
        long worthBytes = kill.Action.Culprit.IsEmpty ? candidate.SizeBytes : candidate.CulpritBytes;
        if (worthBytes < kill.Action.MinSizeBytes)
            return Refusal.TooSmall;
        Refusal refusal = candidate.Cgroup is { } cgroup
            ? ExamineCgroup(cgroup, victim)
            : ExamineProcess(kill, match, Processes.Entries[candidate.ProcessIndex], victim);
        if (refusal != Refusal.None)
            return refusal;
        long stallsOthers = kill.Action.StallsOthersRatio;
        return stallsOthers > 0 && _stalls.WorstOutside(victim.Path.Span) <= stallsOthers
            ? Refusal.NotStallingOthers
            : Refusal.None;
    }

    private Refusal ExamineProcess(CompiledKill kill, CgroupSlot? match, in ProcessEntry entry, Victim victim)
    {
        Refusal refusal = _examiner.ExamineMember(entry.Pid);
        Subject subject = _examiner.Subject;
        victim.Comm.Append(subject.Comm);
        if (refusal != Refusal.None)
            return refusal;
        if (!PathPrefixes.IsFrom(kill.Action.From, match, subject.Cgroup))
            return Refusal.OutsideFrom;

        // It was ranked by the group that it was in.
        if (victim.Kind == VictimKind.ProcessGroup && subject.Stat.ProcessGroup != entry.Group)
            return Refusal.Gone;
        victim.Identity = VictimIdentity.OfProcess(entry.Pid, subject.Stat.StartTicks);
        victim.Uid = subject.Uid;
        victim.OomScoreAdj = subject.OomScoreAdj;
        victim.Processes = 1;
        victim.Path.Append(subject.Cgroup);
        victim.CommandLine.Append(_commandLines.Of(entry.Pid, subject.Stat.StartTicks, subject.Comm));
        if (victim.Kind != VictimKind.ProcessGroup)
            return Refusal.None;
        victim.Group = subject.Stat.ProcessGroup;
        victim.Session = subject.Stat.Session;
        return ExamineGroup(kill, match, victim);
    }

    /// <summary>Everybody in the group dies, so everybody is asked.</summary>
    private Refusal ExamineGroup(CompiledKill kill, CgroupSlot? match, Victim victim)
    {
        victim.Processes = 0;
        if (_examiner.IsGroupDying(victim.Group))
            return Refusal.AlreadyDying;
        if (Processes.List(out ReadOnlySpan<int> pids) is < 0 and int unlisted)
            return _examiner.RefusalOf(unlisted);
        foreach (int pid in pids)
        {
            int found = _groups.Find(pid, victim.Group, victim.Session);
            if (found == 0)
                continue;

            // Who is there and cannot be read may be of it, and protected.
            if (found < 0)
                return _examiner.RefusalOf(found);
            Refusal refusal = _examiner.ExamineMember(pid);
            if (refusal == Refusal.Gone)
                continue;
            if (refusal != Refusal.None)
                return refusal;
            if (!IsStillFrom(kill, match, _examiner.Subject.Cgroup))
                return Refusal.OutsideFrom;
            victim.Processes++;
        }

        return victim.Processes > 0 ? Refusal.None : Refusal.Gone;
    }

    /// <summary>
    /// Whether somebody who was chosen earlier may still be a victim: it is the same, and nothing protects it now.
    /// </summary>
    /// <param name="kill">The action whose protections count.</param>
    /// <param name="match">The rule's match; null for the host.</param>
    /// <param name="victim">Who was chosen.</param>
    /// <param name="nowUsec">The step's time.</param>
    /// <param name="mayWait">Whether to wait for what workers read, or cannot be read at this moment.</param>
    /// <param name="refusal">Why not.</param>
    /// <returns>Found, Nobody when it may not, or Waiting.</returns>
    public Selection Reexamine(
        CompiledKill kill, CgroupSlot? match, Victim victim, long nowUsec, bool mayWait, out Refusal refusal)
    {
        Begin(kill, match, nowUsec, mayWait);
        if (victim.Cgroup is { } cgroup)
        {
            // What has come to be below it since is asked too.
            _cgroups.Refresh();
            victim.Path.Clear();
            victim.Processes = 0;
            refusal = victim.IsCgroupThere ? ExamineCgroup(cgroup, victim) : Refusal.Gone;
        }
        else if (victim.Group != 0)
        {
            refusal = ExamineGroup(kill, match, victim);
        }
        else
        {
            refusal = ReexamineProcess(kill, match, victim);
        }

        return Verdict(refusal);
    }

    private Refusal ReexamineProcess(CompiledKill kill, CgroupSlot? match, Victim victim)
    {
        Refusal refusal = _examiner.ExamineMember(victim.Pid);
        Subject subject = _examiner.Subject;
        if (subject.IsRead && subject.Stat.StartTicks != victim.Identity.Mark)
            return Refusal.Gone;
        if (refusal != Refusal.None)
            return refusal;

        victim.Path.Clear().Append(subject.Cgroup);
        return IsStillFrom(kill, match, subject.Cgroup) ? Refusal.None : Refusal.OutsideFrom;
    }

    /// <summary>
    /// Whether somebody is in what the rule takes from, out of which he may have been moved. Below which match that
    /// was, when it has gone, nobody knows any more.
    /// </summary>
    private static bool IsStillFrom(CompiledKill kill, CgroupSlot? match, ReadOnlySpan<byte> cgroup) =>
        (kill.Action.From.BelowMatch && match is null) || PathPrefixes.IsFrom(kill.Action.From, match, cgroup);

    /// <summary>Whether a cgroup holds us: it is our cgroup or one above it.</summary>
    public bool HoldsUs(ReadOnlySpan<byte> path) => _examiner.HoldsUs(path);

    /// <summary>
    /// Whether a cgroup may be acted on by anything that hurts those in it: who is never a victim is never frozen or
    /// throttled either. The table of cgroups has just been refreshed.
    /// </summary>
    /// <param name="protections">Whose protections count.</param>
    /// <param name="cgroup">The cgroup.</param>
    /// <param name="mayWait">Whether to wait for what workers read, or cannot be read at this moment.</param>
    /// <param name="refusal">Why not.</param>
    /// <returns>Found, Nobody when it may not, or Waiting.</returns>
    public Selection ExamineTarget(CompiledKill protections, CgroupSlot cgroup, bool mayWait, out Refusal refusal)
    {
        Begin(protections, null, _kernel.NowUsec, mayWait);
        _target.Clear();
        refusal = ExamineCgroup(cgroup, _target);
        return Verdict(refusal);
    }

    private Selection Verdict(Refusal refusal) => _examiner.IsWaiting ? Selection.Waiting
        : refusal == Refusal.None ? Selection.Found
        : Selection.Nobody;

    private Refusal ExamineCgroup(CgroupSlot cgroup, Victim victim)
    {
        victim.Cgroup = cgroup;
        victim.Identity = VictimIdentity.OfCgroup(cgroup.Identity);
        victim.Path.Append(cgroup.Path);
        if (_examiner.HoldsUs(cgroup.Path))
            return Refusal.OurCgroup;
        Refusal own = _examiner.ExamineCgroup(cgroup);
        if (own != Refusal.None)
            return own;

        // Everybody in it and below it dies, so everybody is asked.
        int known = -1;
        int listed = 0;
        bool complete = true;
        foreach (CgroupSlot slot in _cgroups.Slots)
        {
            if (!slot.IsWithin(cgroup))
                continue;
            known++;
            listed += slot.ChildCount;
            Refusal refusal = ExamineMembers(slot, ReferenceEquals(slot, cgroup), victim);

            if (refusal != Refusal.None && (refusal != Refusal.Gone || ReferenceEquals(slot, cgroup)))
                return refusal;
            complete &= refusal == Refusal.None && !_members.IsTruncated;
        }

        // Some cgroup below it was seen but could not be opened, or has gone since, or a list was longer than any we
        // can take: that must neither protect whoever brought it about nor hide who is in there. Then /proc says.
        if (known != listed || !complete)
            return _looksAtAll++ < MostLooksAtAll ? ExamineAllWithin(cgroup.Path, victim) : Refusal.Unreadable;
        return victim.Processes > 0 ? Refusal.None : Refusal.Gone;
    }

    private Refusal ExamineMembers(CgroupSlot slot, bool isVictim, Victim victim)
    {
        int result = _members.Open(slot);

        // A threaded cgroup's processes are listed by the one above it at which the threads begin.
        if (result == -Errno.EOPNOTSUPP && !isVictim)
            return Refusal.None;
        if (result < 0)
            return _examiner.RefusalOf(result);
        while (_members.TryNext(out int pid))
        {
            // 0 stands for a process of another pid namespace: it cannot be looked at.
            Refusal refusal = pid == 0 ? Refusal.Unreadable : _examiner.ExamineMember(pid);
            if (refusal == Refusal.Gone && _examiner.IsThere(pid))
                return Refusal.Unreadable;
            if (refusal is not (Refusal.None or Refusal.Gone))
                return refusal;
            victim.Processes += refusal == Refusal.None ? 1 : 0;
        }

        return Refusal.None;
    }

    private Refusal ExamineAllWithin(ReadOnlySpan<byte> path, Victim victim)
    {
        victim.Processes = 0;
        if (Processes.List(out ReadOnlySpan<int> pids) is < 0 and int unlisted)
            return _examiner.RefusalOf(unlisted);
        foreach (int pid in pids)
        {
            ReadOnlySpan<byte> cgroup = _examiner.CgroupOf(pid);
            bool isKnown = _examiner.Subject.HasCgroup;
            if (isKnown && !PathPrefixes.IsWithin(cgroup, path))
                continue;
            Refusal refusal = isKnown ? _examiner.ExamineMember(pid) : Refusal.Gone;

            // Who is there and cannot be seen may be in it, and protected.
            if (refusal == Refusal.Gone && _examiner.IsThere(pid))
                return Refusal.Unreadable;
            if (refusal is not (Refusal.None or Refusal.Gone))
                return refusal;
            victim.Processes += refusal == Refusal.None ? 1 : 0;
        }

        return victim.Processes > 0 ? Refusal.None : Refusal.Gone;
    }
}
