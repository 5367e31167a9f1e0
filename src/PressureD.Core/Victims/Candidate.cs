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

    /// <summary>Bands of the action's rank keys, in order.</summary>
    public int Band0;
    public int Band1;
    public int Band2;

    public long SizeBytes;
    public long GrowthBytesPerSecond;

    /// <summary>The pid, or the cgroup's inode: the last word between equals.</summary>
    public long TieBreaker;

    /// <summary>
    /// The documented total order: preference, then the bands of the rank keys, then exact size, then the higher pid or inode,
    /// which is as a rule the younger.
    /// </summary>
    public static readonly Comparison<Candidate> BestFirst = static (a, b) =>
    {
        int order = a.Preference.CompareTo(b.Preference);
        if (order == 0)
            order = b.Band0.CompareTo(a.Band0);
        if (order == 0)
            order = b.Band1.CompareTo(a.Band1);
        if (order == 0)
            order = b.Band2.CompareTo(a.Band2);
        if (order == 0)
            order = b.SizeBytes.CompareTo(a.SizeBytes);
        return order != 0 ? order : b.TieBreaker.CompareTo(a.TieBreaker);
    };
}
