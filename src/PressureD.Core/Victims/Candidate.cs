using System;
using PressureD.Core.Cgroups;

namespace PressureD.Core.Victims;

/// <summary>One process or cgroup on the list, with the keys it is ordered by.</summary>
internal struct Candidate
{
    /// <summary>Index in the process table; −1 for a cgroup.</summary>
    public int ProcessIndex;
    public CgroupSlot? Cgroup;

    /// <summary>−1 preferred, 0 neither, 1 avoided.</summary>
    public int Preference;

    /// <summary>Bands of the action's culprit keys for the cgroup it is in; all 0 without them.</summary>
    public RankBands CulpritBands;

    /// <summary>
    /// What the culprit holds in all, and which one it is: keeps the candidates of one culprit together.
    /// </summary>
    public long CulpritBytes;
    public int Culprit;

    /// <summary>Within a culprit, those below min-size come after the others.</summary>
    public bool IsSmall;

    /// <summary>Bands of the action's rank keys.</summary>
    public RankBands Bands;

    public long SizeBytes;
    public long GrowthBytesPerSecond;

    /// <summary>The pid, or the cgroup's inode: the last word between equals.</summary>
    public long TieBreaker;

    /// <summary>
    /// The documented total order: the culprit (bands of its keys, exact size, place), so that no name makes a lesser
    /// culprit of a worse one; within it preference; then those of some size first; then the bands of the rank keys,
    /// then exact size, then the higher pid or inode, which is as a rule the younger.
    /// </summary>
    public static readonly Comparison<Candidate> BestFirst = static (a, b) =>
    {
        int order = b.CulpritBands.CompareTo(a.CulpritBands);
        if (order == 0)
            order = b.CulpritBytes.CompareTo(a.CulpritBytes);
        if (order == 0)
            order = a.Culprit.CompareTo(b.Culprit);
        if (order == 0)
            order = a.Preference.CompareTo(b.Preference);
        if (order == 0)
            order = a.IsSmall.CompareTo(b.IsSmall);
        if (order == 0)
            order = b.Bands.CompareTo(a.Bands);
        if (order == 0)
            order = b.SizeBytes.CompareTo(a.SizeBytes);
        return order != 0 ? order : b.TieBreaker.CompareTo(a.TieBreaker);
    };
}
