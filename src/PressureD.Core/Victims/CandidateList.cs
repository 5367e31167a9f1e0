using System;
using System.Collections.Generic;
using PressureD.Core.Cgroups;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Readers;

namespace PressureD.Core.Victims;

/// <summary>Everybody whom a kill could take, with the cheap fields, ordered from the best victim down.</summary>
internal sealed class CandidateList
{
    /// <summary>
    /// So old may the known tree be where it only says what culprits are like; what dies whole is always listed anew.
    /// </summary>
    private const long TreeAgeUsec = 1_000_000;

    /// <summary>And so old when it is looked at ahead of need: less than two quick looks are apart.</summary>
    private const long TreeAheadUsec = 600_000;

    /// <summary>
    /// Within a culprit, badness counts for at most this many times what a death frees: neither a high oom_score_adj
    /// nor memory that many share makes a victim of somebody who has little to give.
    /// </summary>
    private const int BadnessPerSize = 4;

    /// <summary>By so many places the list grows.</summary>
    private const int RoomStep = 1024;

    private readonly IKernel _kernel;
    private readonly CgroupTable _cgroups;
    private readonly CgroupFigures _figures;
    private readonly Protections _protections;
    private readonly Examiner _examiner;
    private readonly CulpritTable _culprits = new();
    private readonly MemberLeanings _members;
    private readonly int[] _largest = new int[MemberLeanings.Asked];
    private readonly Dictionary<ulong, int> _groups = new();
    private Candidate[] _candidates = new Candidate[RoomStep];
    private int _count;
    private long _nowUsec;

    public CandidateList(IKernel kernel, CgroupTable cgroups, ProcessTable processes, Examiner examiner)
    {
        _kernel = kernel;
        _cgroups = cgroups;
        _examiner = examiner;
        _figures = new CgroupFigures(kernel, examiner.Shortage);
        _protections = new Protections(cgroups, _figures);
        _members = new MemberLeanings(cgroups, processes, examiner);
        Processes = processes;
    }

    public ProcessTable Processes { get; }

    /// <summary>Whether a cgroup is as large as its processes: the kernel counts no memory for cgroups.</summary>
    private bool CountsMembers => !_kernel.Features.MemoryController;

    /// <summary>The machine's sizes.</summary>
    public MachineScales Scales { get; set; }

    /// <summary>The best first. Good until the next <see cref="Make"/>.</summary>
    public ReadOnlySpan<Candidate> Ranked => _candidates.AsSpan(0, _count);

    /// <summary>Lists and orders; the examiner's shortage is told what may be missing.</summary>
    /// <param name="kill">The action.</param>
    /// <param name="match">The rule's match, to which a pattern that begins with "./" is relative; null for the
    /// host.</param>
    /// <param name="nowUsec">The step's time.</param>
    public void Make(CompiledKill kill, CgroupSlot? match, long nowUsec)
    {
        _nowUsec = nowUsec;
        _count = 0;
        LookAtTree(kill);
        switch (kill.Action.Victim)
        {
            case VictimKind.Process:
                ListProcesses(kill, match);
                break;
            case VictimKind.ProcessGroup:
                ListGroups(kill);
                break;
            default:
                ListCgroups(kill, match);
                break;
        }

        if ((kill.TakesCgroups && _cgroups.IsLacking)
            || ((kill.ListsProcesses || CountsMembers) && Processes.IsLacking))
        {
            _examiner.Shortage.Note();
        }

        _candidates.AsSpan(0, _count).Sort(Candidate.BestFirst);
        if (!kill.HasCostlyPreferences)
            return;

        // By what workers have to read, which is too dear to ask of everybody.
        Span<Candidate> best = _candidates.AsSpan(0, Math.Min(_count, MemberLeanings.Asked));
        _members.Refine(best);
        best.Sort(Candidate.BestFirst);
    }

    /// <summary>Measures ahead of need what a choice can only tell from two looks.</summary>
    public void LookAhead(CompiledKill kill, long nowUsec)
    {
        _nowUsec = nowUsec;
        if (kill.ListsProcesses || kill.HasCostlyMatchers || CountsMembers)
            Processes.Scan(nowUsec, ahead: true);

        // So that a choice finds the tree young enough: to walk thousands of cgroups takes as long as all the rest.
        if (!kill.TakesCgroups)
            _cgroups.Refresh(nowUsec, TreeAheadUsec);
        if (kill.HasCostlyMatchers)
            FetchLargest(kill);
        if (!kill.RanksByCgroupRates)
            return;
        _cgroups.Refresh(_nowUsec);
        if (CountsMembers)
            CountMembers();
        KeyValues ignored = default;
        CgroupPattern from = kill.Action.From;
        foreach (CgroupSlot slot in _cgroups.Slots)
        {
            // What is below a match is below another one tomorrow.
            if (slot.Parent is not null && (from.BelowMatch || PathPrefixes.IsFrom(from, null, slot.Path)))
                _figures.Fill(slot, kill, nowUsec, ref ignored);
        }
    }

    /// <summary>What the death of all in a cgroup frees. Bytes.</summary>
    public long SizeOf(CgroupSlot cgroup, long nowUsec)
    {
        if (!CountsMembers)
        {
            long size = _figures.SizeOf(cgroup.Directory);
            return size == Quantity.Unknown ? cgroup.LastSizeBytes : size;
        }

        Processes.Scan(nowUsec);
        CountMembers();
        return cgroup.MembersBytes;
    }

    private void LookAtTree(CompiledKill kill)
    {
        if (kill.TakesCgroups)
            _cgroups.Refresh(_nowUsec);
        else if (kill.Action.StallsOthersRatio > 0)
            _cgroups.Refresh(_nowUsec);
        else
            _cgroups.Refresh(_nowUsec, TreeAgeUsec);
        if (kill.TakesCgroups && CountsMembers)
        {
            Processes.Scan(_nowUsec);
            CountMembers();
        }

        if (kill is { TakesCgroups: true, HasPreferences: true })
        {
            Processes.Scan(_nowUsec);
            _members.Mark();
        }

        _protections.Compute();
        if (kill.TakesCgroups || kill.Action.StallsOthersRatio > 0)
            MarkLeaves();
    }

    private void CountMembers()
    {
        foreach (CgroupSlot slot in _cgroups.Slots)
        {
            slot.MembersBytes = 0;
            slot.MembersSwapBytes = 0;
            slot.MembersRssBytes = 0;
        }

        foreach (ref readonly ProcessEntry entry in Processes.Entries)
        {
            CgroupSlot? nearest = _examiner.Xattrs.Nearest(Processes.CgroupOf(entry));
            for (CgroupSlot? slot = nearest; slot is not null; slot = slot.Parent)
            {
                slot.MembersBytes += entry.SizeBytes;
                slot.MembersSwapBytes += entry.SwapBytes;
                slot.MembersRssBytes += entry.RssBytes;
            }
        }
    }

    private void MarkLeaves()
    {
        foreach (CgroupSlot slot in _cgroups.Slots)
            slot.HoldsOthers = false;
        foreach (CgroupSlot slot in _cgroups.Slots)
        {
            // Nobody asks whether the root is a leaf.
            if (slot.Parent?.Parent is null || slot.Parent.HoldsOthers)
                continue;
            bool counted = !_kernel.Features.MemoryController || _figures.HasOwnMemory(slot);
            slot.Parent.HoldsOthers = counted && _figures.IsPopulated(slot);
        }
    }

    private void ListProcesses(CompiledKill kill, CgroupSlot? match)
    {
        Processes.Scan(_nowUsec);
        KillAction action = kill.Action;
        ReadOnlySpan<ProcessEntry> entries = Processes.Entries;
        MakeRoom(entries.Length);
        bool culprits = !action.Culprit.IsEmpty;
        _culprits.Clear();
        for (int i = 0; i < entries.Length; i++)
        {
            ref readonly ProcessEntry entry = ref entries[i];

            // Its cgroup is asked again at the examination; here it only says who is compared with whom.
            ReadOnlySpan<byte> cgroup = Processes.CgroupOf(entry);
            if (!PathPrefixes.IsFrom(action.From, match, cgroup))
                continue;
            ref Candidate candidate = ref _candidates[_count++];
            candidate = new Candidate
            {
                ProcessIndex = i,
                SizeBytes = entry.SizeBytes,
                TieBreaker = entry.Pid,
                IsProcess = true,
                CgroupPreference = PreferenceOf(_examiner.Xattrs.Of(cgroup)),
                Leanings = _examiner.LeaningsOf(entry, cgroup),
                Values = ValuesOf(entry),
            };
            if (culprits)
            {
                candidate.Culprit = _culprits.Add(cgroup, candidate.Values, entry.SizeBytes, entry.OomScoreAdj);
                continue;
            }

            Unprotect(entry, ref candidate.Values);
            candidate.Bands = RankBands.Of(action.Rank, candidate.Values, Scales);
        }

        if (culprits)
            SetCulprits(kill);
    }

    /// <summary>
    /// Makes room for so many and keeps those that are there. It grows by steps, so that one more now and then does not
    /// allocate each time, up to what there can be of processes and cgroups.
    /// </summary>
    private void MakeRoom(int room)
    {
        if (_candidates.Length < room)
            Array.Resize(ref _candidates, (room + RoomStep - 1) / RoomStep * RoomStep);
    }

    private static int PreferenceOf(OomdPreference preference) => preference switch
    {
        OomdPreference.Prefer => -1,
        OomdPreference.Avoid => 1,
        _ => 0,
    };

    private void FetchLargest(CompiledKill kill)
    {
        ReadOnlySpan<ProcessEntry> entries = Processes.Entries;
        foreach (int index in _largest.AsSpan(0, Processes.Largest(kill.Action.From, _largest)))
            _examiner.Fetch(kill, entries[index].Pid, entries[index].Uid);
    }

    private KeyValues ValuesOf(in ProcessEntry entry) => new()
    {
        SizeBytes = entry.SizeBytes,
        BadnessBytes =
            entry.RssBytes + entry.SwapBytes + entry.PageTableBytes + Scales.BytesOf(entry.OomScoreAdj),
        GrowthBytesPerSecond = entry.GrowthBytesPerSecond,
        AgeUsec = entry.StartTicks == 0
            ? 0
            : (Processes.YoungestTicks - entry.StartTicks) * 1_000_000 / _kernel.Features.ClockTicks,
        SwapBytes = entry.SwapBytes,
        RssBytes = entry.RssBytes,
    };

    private Leanings LeaningsOf(in ProcessEntry entry) => _examiner.LeaningsOf(entry, Processes.CgroupOf(entry));

    private void Unprotect(in ProcessEntry entry, ref KeyValues values)
    {
        if (_protections.Any && _examiner.Xattrs.Nearest(Processes.CgroupOf(entry)) is { } slot)
            CgroupFigures.UnprotectMember(slot, ref values);
    }

    /// <summary>Every process group, with what its members hold together.</summary>
    private void ListGroups(CompiledKill kill)
    {
        Processes.Scan(_nowUsec);
        ReadOnlySpan<ProcessEntry> entries = Processes.Entries;
        MakeRoom(entries.Length);
        _groups.Clear();
        for (int i = 0; i < entries.Length; i++)
        {
            ref readonly ProcessEntry entry = ref entries[i];
            if (entry.Group <= 0)
                continue;
            KeyValues values = ValuesOf(entry);
            Unprotect(entry, ref values);
            Leanings leanings = LeaningsOf(entry);
            if (!_groups.TryGetValue((ulong)entry.Group, out int index))
            {
                index = _count++;
                _groups.Add((ulong)entry.Group, index);
                _candidates[index] = new Candidate
                {
                    ProcessIndex = i,
                    SizeBytes = entry.SizeBytes,
                    TieBreaker = entry.Group,
                    Leanings = leanings,
                    Values = values,
                };
                continue;
            }

            ref Candidate candidate = ref _candidates[index];
            if (entry.SizeBytes > entries[candidate.ProcessIndex].SizeBytes)
                candidate.ProcessIndex = i;
            candidate.SizeBytes += entry.SizeBytes;
            candidate.Leanings |= leanings;
            candidate.Values.Add(values);
        }

        for (int i = 0; i < _count; i++)
        {
            ref Candidate candidate = ref _candidates[i];
            ref readonly ProcessEntry largest = ref entries[candidate.ProcessIndex];
            candidate.Bands = RankBands.Of(kill.Action.Rank, candidate.Values, Scales);
            candidate.CgroupPreference = PreferenceOf(_examiner.Xattrs.Of(Processes.CgroupOf(largest)));
        }
    }

    private void SetCulprits(CompiledKill kill)
    {
        KillAction action = kill.Action;
        for (int i = 0; i < _culprits.Count; i++)
            FillCulprit(kill, i);
        for (int i = 0; i < _count; i++)
        {
            ref Candidate candidate = ref _candidates[i];
            ref readonly CulpritTable.Entry culprit = ref _culprits[candidate.Culprit];
            candidate.Values.BadnessBytes =
                Math.Min(candidate.Values.BadnessBytes, candidate.SizeBytes * BadnessPerSize);
            candidate.Bands = RankBands.Of(action.Rank, candidate.Values, Scales);
            candidate.CulpritBands = RankBands.Of(action.Culprit, culprit.Values, Scales);
            candidate.CulpritBytes = culprit.SizeBytes;
            candidate.IsSmall = candidate.SizeBytes < action.MinSizeBytes;
        }
    }

    private void FillCulprit(CompiledKill kill, int index)
    {
        ref CulpritTable.Entry culprit = ref _culprits[index];
        if (_culprits.Path(index) is { IsEmpty: false } path && _cgroups.Find(path) is { } slot)
        {
            bool mayRaise = Processes.IsTruncated && slot.IsLeaf;
            if ((culprit.Processes > 1 || mayRaise) && _figures.SizeOf(slot.Directory) is > 0 and long size)
                _culprits.Correct(index, size, mayRaise);
            _figures.FillOwn(slot, kill, _nowUsec, ref culprit.Values);
            CgroupFigures.Unprotect(slot, ref culprit.Values);
        }

        culprit.Values.BadnessBytes = culprit.Values.SizeBytes + Scales.BytesOf(culprit.OomScoreAdj);
    }

    private void ListCgroups(CompiledKill kill, CgroupSlot? match)
    {
        MakeRoom(_cgroups.Slots.Length);
        foreach (CgroupSlot slot in _cgroups.Slots)
        {
            slot.Grain = -1;
            slot.Height = 0;
            if (slot.Parent is null || !IsGrain(kill, slot) || !PathPrefixes.IsFrom(kill.Action.From, match, slot.Path))
                continue;
            KeyValues values = default;
            long size = _figures.Fill(slot, kill, _nowUsec, ref values);
            if (size <= 0)
                continue;
            ref Candidate candidate = ref _candidates[_count];
            candidate = new Candidate
            {
                ProcessIndex = -1,
                Cgroup = slot,
                SizeBytes = size,
                TieBreaker = slot.Identity,
                CgroupPreference = PreferenceOf(_examiner.Xattrs.Of(slot)),
                Leanings = _examiner.LeaningsOf(slot),
                Values = values,
                Bands = RankBands.Of(kill.Action.Rank, values, Scales),
                Grain = kill.Action.SmallestUseful ? Candidate.WholeGrain : 0,
            };
            if (kill.HasPreferences)
                candidate.AddMember(slot.MemberLeanings);
            slot.Grain = _count++;
        }

        if (kill.Action.SmallestUseful)
            ListParts(kill);
    }

    /// <summary>
    /// Makes each that would be taken whole the culprit of its parts: the processes in it, the leaves below it, and the
    /// cgroups in between.
    /// </summary>
    private void ListParts(CompiledKill kill)
    {
        int wholes = _count;
        for (int i = 0; i < wholes; i++)
        {
            ref Candidate whole = ref _candidates[i];
            whole.Culprit = i;
            whole.CulpritBands = whole.Bands;
            whole.CulpritBytes = whole.SizeBytes;
        }

        Processes.Scan(_nowUsec);

        // A cgroup is either a whole or a part of one.
        MakeRoom(_cgroups.Slots.Length + Processes.Entries.Length);
        foreach (CgroupSlot slot in _cgroups.Slots)
        {
            if (!slot.HoldsOthers && TryAddPart(kill, slot))
                Raise(slot);
        }

        // How high one is, is known when all leaves are.
        foreach (CgroupSlot slot in _cgroups.Slots)
        {
            if (slot.HoldsOthers)
                TryAddPart(kill, slot);
        }

        ReadOnlySpan<ProcessEntry> entries = Processes.Entries;
        for (int i = 0; i < entries.Length; i++)
        {
            CgroupSlot? slot = _examiner.Xattrs.Nearest(Processes.CgroupOf(entries[i]));
            if (slot is null || WholeOf(slot) is not (>= 0 and int whole))
                continue;
            KeyValues values = ValuesOf(entries[i]);
            CgroupFigures.UnprotectMember(slot, ref values);
            AddPart(kill, whole, i, null, values, entries[i].SizeBytes);
        }
    }

    private bool TryAddPart(CompiledKill kill, CgroupSlot slot)
    {
        if (slot.Grain >= 0 || WholeOf(slot) is not (>= 0 and int whole))
            return false;
        KeyValues values = default;
        long size = _figures.Fill(slot, kill, _nowUsec, ref values);
        if (size > 0)
            AddPart(kill, whole, -1, slot, values, size);
        return size > 0;
    }

    /// <summary>Sets how high a leaf is, and those above it up to the whole.</summary>
    private static void Raise(CgroupSlot leaf)
    {
        int height = 0;
        for (CgroupSlot? slot = leaf; slot is { Grain: < 0 }; slot = slot.Parent)
            slot.Height = Math.Max(slot.Height, ++height);
    }

    private void AddPart(
        CompiledKill kill, int whole, int process, CgroupSlot? cgroup, in KeyValues values, long sizeBytes)
    {
        ref readonly Candidate culprit = ref _candidates[whole];
        ref Candidate part = ref _candidates[_count++];
        part = new Candidate
        {
            ProcessIndex = process,
            IsProcess = cgroup is null,
            Cgroup = cgroup,
            SizeBytes = sizeBytes,
            TieBreaker = cgroup?.Identity ?? Processes.Entries[process].Pid,
            CgroupPreference = culprit.CgroupPreference,
            Values = values,
            Bands = RankBands.Of(kill.Action.Rank, values, Scales),
            Culprit = whole,
            CulpritBands = culprit.CulpritBands,
            CulpritBytes = culprit.CulpritBytes,
            IsSmall = sizeBytes < kill.Action.MinSizeBytes,
            Grain = cgroup is null ? 0 : Math.Max(cgroup.Height, 1),
        };
        if (!kill.HasPreferences)
            return;
        if (cgroup is not null)
            part.AddMember(_examiner.LeaningsOf(cgroup) | cgroup.MemberLeanings);
        else
            part.Leanings = LeaningsOf(Processes.Entries[process]);
    }

    /// <summary>The whole that a cgroup is or is part of; −1 when it is of none.</summary>
    private static int WholeOf(CgroupSlot cgroup)
    {
        for (CgroupSlot? slot = cgroup; slot is not null; slot = slot.Parent)
        {
            if (slot.Grain >= 0)
                return slot.Grain;
        }

        return -1;
    }

    /// <summary>
    /// Whether it is taken whole: it is a unit, or nobody lives in cgroups below, or the kernel too would take it as
    /// one.
    /// </summary>
    private bool IsGrain(CompiledKill kill, CgroupSlot slot)
    {
        bool isUnit = kill.Action.Victim == VictimKind.Unit;
        if (isUnit && !UnitNames.IsWhole(slot.Path) && !slot.Path.EndsWith(".slice"u8))
            return false;
        for (CgroupSlot? above = slot.Parent; above is { Parent: not null }; above = above.Parent)
        {
            if (IsOomGroup(above))
                return false;
        }

        return (isUnit ? UnitNames.IsWhole(slot.Path) : !slot.HoldsOthers) || IsOomGroup(slot);
    }

    private bool IsOomGroup(CgroupSlot slot) => _figures.ReadValue(slot.Directory, "memory.oom.group"u8) == 1;
}
