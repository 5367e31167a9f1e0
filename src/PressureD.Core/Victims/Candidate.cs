using System;
using PressureD.Core.Cgroups;

namespace PressureD.Core.Victims;

/// <summary>One process, process group or cgroup on the list, with the keys it is ordered by.</summary>
internal struct Candidate
{
    /// <summary>The grain of a culprit itself.</summary>
    public const int WholeGrain = int.MaxValue;

    /// <summary>Index in the process table, of a group the largest member's; −1 for a cgroup.</summary>
    public int ProcessIndex;

    /// <summary>One process alone dies.</summary>
    public bool IsProcess;
    public CgroupSlot? Cgroup;

    /// <summary>What attributes of its cgroup say: −1 preferred, 0 neither, 1 avoided.</summary>
    public int CgroupPreference;

    /// <summary>What matchers say.</summary>
    public Leanings Leanings;

    /// <summary>Bands of the action's culprit keys for the cgroup it is in; all 0 without them.</summary>
    public RankBands CulpritBands;

    /// <summary>
    /// What the culprit holds in all, and which one it is: keeps the candidates of one culprit together.
    /// </summary>
    public long CulpritBytes;
    public int Culprit;

    /// <summary>Within a culprit, those below min-size come after the others.</summary>
    public bool IsSmall;

    /// <summary>
    /// Where the smallest useful part of the culprit is taken: 0 a process, 1 a leaf below, 2 and more a cgroup that
    /// holds so many one in another, and last <see cref="WholeGrain"/>.
    /// </summary>
    public int Grain;

    /// <summary>Bands of the action's rank keys.</summary>
    public RankBands Bands;

    /// <summary>What the bands are of.</summary>
    public KeyValues Values;

    /// <summary>What its death frees.</summary>
    public long SizeBytes;

    /// <summary>The pid, the process group's number, or the cgroup's inode: the last word between equals.</summary>
    public long TieBreaker;

    /// <summary>−1 preferred, 0 neither or both, 1 avoided.</summary>
    private readonly int Preference =>
        ((Leanings & Leanings.Avoided) == 0 ? 0 : 1) - ((Leanings & Leanings.Preferred) == 0 ? 0 : 1);

    /// <summary>
    /// What matchers say of one who is in it counts for it. A whole holds all its parts: whom to prefer among them is
    /// no reason to take them all.
    /// </summary>
    public void AddMember(Leanings leanings) =>
        Leanings |= Grain == WholeGrain ? leanings & Leanings.Avoided : leanings;

    /// <summary>
    /// The documented total order: what its cgroup's attributes say, which nobody can forge; the culprit (bands of its
    /// keys, exact size, place), so that no name makes a lesser culprit of a worse one; within it preference; then
    /// those of some size first; then the smaller grain, where that is asked for; then the bands of the rank keys, then
    /// exact size, then the higher pid or inode, which is as a rule the younger.
    /// </summary>
    public static readonly Comparison<Candidate> BestFirst = static (a, b) =>
    {
        int order = a.CgroupPreference.CompareTo(b.CgroupPreference);
        if (order == 0)
            order = b.CulpritBands.CompareTo(a.CulpritBands);
        if (order == 0)
            order = b.CulpritBytes.CompareTo(a.CulpritBytes);
        if (order == 0)
            order = a.Culprit.CompareTo(b.Culprit);
        if (order == 0)
            order = a.Preference.CompareTo(b.Preference);
        if (order == 0)
            order = a.IsSmall.CompareTo(b.IsSmall);
        if (order == 0)
            order = a.Grain.CompareTo(b.Grain);
        if (order == 0)
            order = b.Bands.CompareTo(a.Bands);
        if (order == 0)
            order = b.SizeBytes.CompareTo(a.SizeBytes);
        return order != 0 ? order : b.TieBreaker.CompareTo(a.TieBreaker);
    };
}
