using System;
using PressureD.Core.Cgroups;

namespace PressureD.Core.Victims;

/// <summary>What prefer and avoid say of cgroups and process groups by who is in them.</summary>
internal sealed class MemberLeanings
{
    /// <summary>
    /// So many of the best candidates are asked about what only workers can read, and so many processes in all.
    /// </summary>
    public const int Asked = 16;

    private readonly CgroupTable _cgroups;
    private readonly ProcessTable _processes;
    private readonly Examiner _examiner;
    private readonly int[] _largest = new int[Asked];

    public MemberLeanings(CgroupTable cgroups, ProcessTable processes, Examiner examiner)
    {
        _cgroups = cgroups;
        _processes = processes;
        _examiner = examiner;
    }

    /// <summary>
    /// Sets <see cref="CgroupSlot.MemberLeanings"/> of every cgroup by what the last scan found of processes.
    /// </summary>
    public void Mark()
    {
        foreach (CgroupSlot slot in _cgroups.Slots)
            slot.MemberLeanings = Leanings.None;
        foreach (ref readonly ProcessEntry entry in _processes.Entries)
        {
            ReadOnlySpan<byte> path = _processes.CgroupOf(entry);
            Leanings leanings = _examiner.LeaningsOf(entry, path);
            if (leanings == Leanings.None)
                continue;
            for (CgroupSlot? slot = _examiner.Xattrs.Nearest(path); slot is not null; slot = slot.Parent)
                slot.MemberLeanings |= leanings;
        }
    }

    /// <summary>
    /// Adds what is read now, from workers as well, to the best candidates: of each as many of its largest processes
    /// are asked as of the others.
    /// </summary>
    public void Refine(Span<Candidate> best)
    {
        foreach (ref Candidate candidate in best)
        {
            if (candidate.IsProcess)
            {
                candidate.Leanings = _examiner.RefinedLeanings(_processes.Entries[candidate.ProcessIndex]);
                continue;
            }

            Span<int> largest = _largest.AsSpan(0, Asked / best.Length);
            foreach (int index in largest[..Largest(candidate, largest)])
                candidate.AddMember(_examiner.RefinedLeanings(_processes.Entries[index]));
        }
    }

    private int Largest(in Candidate candidate, Span<int> indexes)
    {
        ReadOnlySpan<ProcessEntry> entries = _processes.Entries;
        int count = 0;
        for (int i = 0; i < entries.Length; i++)
        {
            if (count == indexes.Length && entries[indexes[count - 1]].SizeBytes >= entries[i].SizeBytes)
                continue;
            if (IsMember(candidate, entries[i]))
                _processes.InsertBySize(i, indexes, ref count);
        }

        return count;
    }

    private bool IsMember(in Candidate candidate, in ProcessEntry entry) => candidate.Cgroup is { } cgroup
        ? PathPrefixes.IsWithin(_processes.CgroupOf(entry), cgroup.Path)
        : entry.Group == candidate.TieBreaker;
}
