using System;
using PressureD.Core.Cgroups;
using PressureD.Core.Durable;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Core.Readers;

namespace PressureD.Core.Victims;

/// <summary>
/// Chooses whom a kill ends: lists candidates with the cheap fields, orders them, and examines them from the best down
/// until one may be taken. It never signals anybody.
/// </summary>
internal sealed class VictimSelector
{
    /// <summary>How many passed-over candidates a selection names.</summary>
    private const int NamedRefusals = 5;

    private static readonly string[] CgroupStatKeys = ["anon", "pagetables"];

    private readonly IKernel _kernel;
    private readonly CgroupTable _cgroups;
    private readonly CgroupStalls _stalls;
    private readonly Examiner _examiner;
    private readonly KeyedReader _statReader = new(CgroupStatKeys);
    private readonly byte[] _buffer = new byte[CgroupKiller.ListBytes];
    private readonly int[] _pids = new int[CgroupKiller.ListPids];
    private readonly CulpritTable _culprits = new();
    private readonly Victim _target = new();
    private Candidate[] _candidates = new Candidate[1024];
    private int _count;
    private long _nowUsec;

    public VictimSelector(IKernel kernel, CgroupTable cgroups, KillFlights flights)
    {
        _kernel = kernel;
        _cgroups = cgroups;
        Processes = new ProcessTable(kernel);
        _stalls = new CgroupStalls(kernel, cgroups);
        _examiner = new Examiner(kernel, flights);
    }

    public ProcessTable Processes { get; }

    public CgroupStalls Stalls => _stalls;

    /// <summary>The machine's sizes.</summary>
    public MachineScales Scales { get; set; }

    /// <summary>Chooses.</summary>
    /// <param name="kill">The action.</param>
    /// <param name="match">The rule's match, to which a pattern that begins with "./" is relative; null for the
    /// host.</param>
    /// <param name="nowUsec">The step's time.</param>
    /// <param name="mayWait">Whether the selection may wait for what workers read; false to end it with what is
    /// known.</param>
    /// <param name="victim">Filled when somebody was found.</param>
    /// <param name="passedOver">Gets the best candidates that were passed over, and why.</param>
    public Selection Select(
        CompiledKill kill, CgroupSlot? match, long nowUsec, bool mayWait, Victim victim, TextBuffer passedOver)
    {
        victim.Clear();
        passedOver.Clear();
        _nowUsec = nowUsec;
        _count = 0;
        _examiner.Begin(kill, mayWait);
        bool needsTree = kill.Action.Victim == VictimKind.Cgroup || kill.Action.StallsOthersRatio > 0;
        if (needsTree)
            _cgroups.Refresh();
        if (kill.Action.StallsOthersRatio > 0)
            _stalls.Read(nowUsec);

        if (kill.Action.Victim == VictimKind.Process)
            ListProcesses(kill);
        else
            ListCgroups(kill, match);
        _candidates.AsSpan(0, _count).Sort(Candidate.BestFirst);
        return TakeBest(kill, match, victim, passedOver);
    }

    private Selection TakeBest(CompiledKill kill, CgroupSlot? match, Victim victim, TextBuffer passedOver)
    {
        int named = 0;
        for (int i = 0; i < _count; i++)
        {
            ref readonly Candidate candidate = ref _candidates[i];
            Refusal refusal = Examine(kill, match, candidate, victim);
            if (_examiner.IsWaiting)
                return Selection.Waiting;
            if (refusal == Refusal.None)
                return Selection.Found;

            if (named < NamedRefusals && refusal is not (Refusal.KernelThread or Refusal.Gone))
            {
                named++;
                Name(candidate, victim, refusal, passedOver);
            }

            // The one to blame hurts nobody else. Whoever comes next on the list is one of those it could have hurt,
            // and dies in its place if the list is gone through further.
            if (refusal == Refusal.NotStallingOthers)
                return Selection.Nobody;
        }

        return Selection.Nobody;
    }

    private static void Name(in Candidate candidate, Victim victim, Refusal refusal, TextBuffer text)
    {
        if (text.Length > 0)
            text.Append("; "u8);
        if (candidate.Cgroup is null)
            text.Append(candidate.TieBreaker).Append(" ("u8).AppendEscaped(victim.Comm.Span).Append(") "u8);
        else
            text.Append("/"u8).AppendEscaped(candidate.Cgroup.Path).Append(" "u8);
        text.AppendBytes(candidate.SizeBytes).Append(": "u8).Append(RefusalText.Of(refusal));
    }

    private Refusal Examine(CompiledKill kill, CgroupSlot? match, in Candidate candidate, Victim victim)
    {
        victim.Clear();
        victim.Kind = kill.Action.Victim;
        victim.SizeBytes = candidate.SizeBytes;
        victim.GrowthBytesPerSecond = candidate.GrowthBytesPerSecond;
        Refusal refusal = candidate.Cgroup is null
            ? ExamineProcess(kill, match, Processes.Entries[candidate.ProcessIndex], victim)
            : ExamineCgroup(candidate.Cgroup, victim);
        if (refusal != Refusal.None)
            return refusal;
        long worthBytes = kill.Action.Culprit.IsEmpty ? candidate.SizeBytes : candidate.CulpritBytes;
        if (worthBytes < kill.Action.MinSizeBytes)
            return Refusal.TooSmall;
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
        if (!IsFrom(kill.Action.From, match, subject.Cgroup))
            return Refusal.OutsideFrom;
        victim.Pid = entry.Pid;
        victim.StartTicks = subject.Stat.StartTicks;
        victim.Uid = subject.Uid;
        victim.OomScoreAdj = _examiner.OomScoreAdj;
        victim.Path.Append(subject.Cgroup);
        return Refusal.None;
    }

    /// <summary>
    /// Whether somebody who was chosen earlier may still be a victim: it is the same, and nothing protects it now.
    /// </summary>
    /// <param name="kill">The action whose protections count.</param>
    /// <param name="victim">Who was chosen.</param>
    /// <param name="mayWait">Whether to wait for what workers read.</param>
    /// <param name="refusal">Why not.</param>
    /// <returns>Found, Nobody when it may not, or Waiting.</returns>
    public Selection Reexamine(CompiledKill kill, Victim victim, bool mayWait, out Refusal refusal)
    {
        _examiner.Begin(kill, mayWait);
        if (victim.Cgroup is { } cgroup)
        {
            // What has come to be below it since is asked too.
            _cgroups.Refresh();
            victim.Path.Clear();
            refusal = cgroup.Directory < 0 ? Refusal.Gone : ExamineCgroup(cgroup, victim);
        }
        else
        {
            refusal = _examiner.ExamineMember(victim.Pid);
            if (refusal != Refusal.Gone && _examiner.Subject.Stat.StartTicks != victim.StartTicks)
                refusal = Refusal.Gone;
        }

        if (_examiner.IsWaiting)
            return Selection.Waiting;
        return refusal == Refusal.None ? Selection.Found : Selection.Nobody;
    }

    /// <summary>Whether a cgroup holds us: it is our cgroup or one above it.</summary>
    public bool HoldsUs(ReadOnlySpan<byte> path) => _examiner.HoldsUs(path);

    /// <summary>
    /// Whether a cgroup may be acted on by anything that hurts those in it: who is never a victim is never frozen or
    /// throttled either. The table of cgroups has just been refreshed.
    /// </summary>
    /// <param name="protections">Whose protections count.</param>
    /// <param name="cgroup">The cgroup.</param>
    /// <param name="mayWait">Whether to wait for what workers read.</param>
    /// <param name="refusal">Why not.</param>
    /// <returns>Found, Nobody when it may not, or Waiting.</returns>
    public Selection ExamineTarget(CompiledKill protections, CgroupSlot cgroup, bool mayWait, out Refusal refusal)
    {
        _examiner.Begin(protections, mayWait);
        _target.Clear();
        refusal = ExamineCgroup(cgroup, _target);
        if (_examiner.IsWaiting)
            return Selection.Waiting;
        return refusal == Refusal.None ? Selection.Found : Selection.Nobody;
    }

    private static bool IsFrom(CgroupPattern from, CgroupSlot? match, ReadOnlySpan<byte> path)
    {
        if (!from.BelowMatch)
            return PathPrefixes.AnyMatches(from, path);
        ReadOnlySpan<byte> top = match is null ? default : match.Path;
        if (top.IsEmpty)
            return PathPrefixes.AnyMatches(from, path);
        return path.Length > top.Length && path.StartsWith(top) && path[top.Length] == '/'
            && PathPrefixes.AnyMatches(from, path[(top.Length + 1)..]);
    }

    private Refusal ExamineCgroup(CgroupSlot cgroup, Victim victim)
    {
        victim.Cgroup = cgroup;
        victim.Path.Append(cgroup.Path);
        if (_examiner.HoldsUs(cgroup.Path))
            return Refusal.OurCgroup;
        Refusal own = _examiner.ExamineCgroupState(cgroup);
        if (own != Refusal.None)
            return own;

        // Everybody in it and below it dies, so everybody is asked.
        int known = -1;
        int listed = 0;
        foreach (CgroupSlot slot in _cgroups.Slots)
        {
            if (!slot.IsWithin(cgroup))
                continue;
            known++;
            listed += slot.ChildCount;
            Refusal refusal = ExamineMembers(slot);

            // One below that went meanwhile takes nobody's place on the list.
            if (refusal != Refusal.None && (refusal != Refusal.Gone || ReferenceEquals(slot, cgroup)))
                return refusal;
        }

        // Some cgroup below it was seen but could not be opened: who is in there is not known.
        return known == listed ? Refusal.None : Refusal.Unreadable;
    }

    private Refusal ExamineMembers(CgroupSlot slot)
    {
        int file = _kernel.OpenFile(slot.Directory, "cgroup.procs"u8);
        if (file < 0)
            return Errno.IsGone(file) ? Refusal.Gone : Refusal.Unreadable;
        int length = _kernel.Read(file, _buffer);
        _kernel.Close(file);
        if (length < 0)
            return Errno.IsGone(length) ? Refusal.Gone : Refusal.Unreadable;
        int count = NumberListReader.Read(_buffer.AsSpan(0, length), _pids, out bool more);
        if (more || length == _buffer.Length)
            return Refusal.Unreadable;
        for (int i = 0; i < count; i++)
        {
            // 0 stands for a process of another pid namespace: it cannot be looked at.
            Refusal refusal = _pids[i] == 0 ? Refusal.Unreadable : _examiner.ExamineMember(_pids[i]);
            if (refusal == Refusal.Gone && _examiner.IsThere(_pids[i]))
                return Refusal.Unreadable;
            if (refusal is not (Refusal.None or Refusal.Gone))
                return refusal;
        }

        return Refusal.None;
    }

    private void ListProcesses(CompiledKill kill)
    {
        Processes.Scan(_nowUsec);
        ReadOnlySpan<ProcessEntry> entries = Processes.Entries;
        if (_candidates.Length < entries.Length)
            _candidates = new Candidate[entries.Length * 2];
        for (int i = 0; i < entries.Length; i++)
        {
            ref readonly ProcessEntry entry = ref entries[i];
            var candidate = new Candidate
            {
                ProcessIndex = i,
                SizeBytes = entry.SizeBytes,
                GrowthBytesPerSecond = entry.GrowthBytesPerSecond,
                TieBreaker = entry.Pid,
                Preference = kill.HasPreferences ? _examiner.Preference(entry.Pid, entry.Uid) : 0,
            };
            candidate.Bands = RankBands.Of(
                kill.Action.Rank, entry.SizeBytes, entry.GrowthBytesPerSecond, entry.OomScoreAdj, Scales);
            _candidates[_count++] = candidate;
        }

        if (!kill.Action.Culprit.IsEmpty)
            SetCulprits(kill.Action);
    }

    private void SetCulprits(KillAction action)
    {
        _culprits.Clear();
        ReadOnlySpan<ProcessEntry> entries = Processes.Entries;
        for (int i = 0; i < _count; i++)
        {
            ref readonly ProcessEntry entry = ref entries[_candidates[i].ProcessIndex];
            _candidates[i].Culprit = _culprits.Add(_examiner.CgroupOf(entry.Pid), entry);
        }

        for (int i = 0; i < _culprits.Count; i++)
        {
            if (_culprits[i].Processes > 1)
                CapShared(i);
        }

        for (int i = 0; i < _count; i++)
        {
            ref Candidate candidate = ref _candidates[i];
            ref readonly CulpritTable.Entry culprit = ref _culprits[candidate.Culprit];
            candidate.CulpritBands = RankBands.Of(
                action.Culprit, culprit.SizeBytes, culprit.GrowthBytesPerSecond, culprit.OomScoreAdj, Scales);
            candidate.CulpritBytes = culprit.SizeBytes;
            candidate.IsSmall = candidate.SizeBytes < action.MinSizeBytes;
        }
    }

    private void CapShared(int culprit)
    {
        int directory = CgroupPaths.Open(_kernel, _culprits.Path(culprit));
        if (directory < 0)
            return;
        long size = SizeOf(directory);
        _kernel.Close(directory);
        if (size > 0)
            _culprits.Cap(culprit, size);
    }

    private void ListCgroups(CompiledKill kill, CgroupSlot? match)
    {
        if (_candidates.Length < _cgroups.Slots.Length)
            _candidates = new Candidate[_cgroups.Slots.Length * 2];
        foreach (CgroupSlot slot in _cgroups.Slots)
        {
            if (slot.Parent is null || !IsGrain(slot) || !IsFrom(kill.Action.From, match, slot.Path))
                continue;
            long size = SizeOf(slot.Directory);
            if (size <= 0)
                continue;
            var candidate = new Candidate
            {
                ProcessIndex = -1,
                Cgroup = slot,
                SizeBytes = size,
                GrowthBytesPerSecond = slot.MeasureGrowth(size, _nowUsec),
                TieBreaker = slot.Identity,
                Preference = kill.HasPreferences ? _examiner.Preference(slot) : 0,
            };
            candidate.Bands = RankBands.Of(
                kill.Action.Rank, size, candidate.GrowthBytesPerSecond, oomScoreAdj: 0, Scales);
            _candidates[_count++] = candidate;
        }
    }

    /// <summary>Whether it is taken whole: it has no cgroups below, or the kernel too would take it as one.</summary>
    private bool IsGrain(CgroupSlot slot)
    {
        for (CgroupSlot? above = slot.Parent; above is { Parent: not null }; above = above.Parent)
        {
            if (ReadValue(above.Directory, "memory.oom.group"u8) == 1)
                return false;
        }

        return slot.IsLeaf || ReadValue(slot.Directory, "memory.oom.group"u8) == 1;
    }

    private long SizeOf(int directory)
    {
        int file = _kernel.OpenFile(directory, "memory.stat"u8);
        if (file < 0)
            return 0;
        int length = _kernel.Read(file, _buffer);
        _kernel.Close(file);
        if (length <= 0)
            return 0;
        Span<long> values = stackalloc long[2];
        _statReader.Read(_buffer.AsSpan(0, length), values);
        long swap = Math.Max(ReadValue(directory, "memory.swap.current"u8), 0);
        return Math.Max(values[0], 0) + Math.Max(values[1], 0) + swap;
    }

    private long ReadValue(int directory, ReadOnlySpan<byte> name)
    {
        int file = _kernel.OpenFile(directory, name);
        if (file < 0)
            return Quantity.Unknown;
        int length = _kernel.Read(file, _buffer);
        _kernel.Close(file);
        return length > 0 && ValueReader.TryRead(_buffer.AsSpan(0, length), out long value) ? value : Quantity.Unknown;
    }
}
