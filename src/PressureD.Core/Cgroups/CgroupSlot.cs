using System;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;
using PressureD.Core.Victims;

namespace PressureD.Core.Cgroups;

/// <summary>
/// One cgroup in the <see cref="CgroupTable"/>. The object is used again for another cgroup after this one is gone.
/// </summary>
public sealed class CgroupSlot
{
    private const int UsualPathBytes = 256;

    private readonly byte[] _usualRoom = new byte[UsualPathBytes];
    private byte[] _path = [];
    private int _pathLength;
    private RateMeter _growth;
    private RateMeter _scan;
    private RateMeter _ioCost;

    /// <summary>The held directory; negative when the slot is free.</summary>
    public int Directory { get; internal set; } = -Errno.ENOENT;

    /// <summary>The inode number, by which state is kept: a recreated cgroup of the same name has another.</summary>
    public long Identity { get; internal set; }

    public CgroupSlot? Parent { get; internal set; }

    /// <summary>How many cgroups are directly below; 0 for a leaf.</summary>
    public int ChildCount { get; internal set; }

    public bool IsLeaf => ChildCount == 0;

    /// <summary>The path from the root without a leading slash; empty for the root.</summary>
    public ReadOnlySpan<byte> Path => _path.AsSpan(0, _pathLength);

    /// <summary>
    /// Full memory stall since the cgroup was made, at <see cref="StallBaselineUsec"/>. Microseconds.
    /// </summary>
    public long StallTotalUsec { get; internal set; } = Quantity.Unknown;

    /// <summary>When <see cref="StallTotalUsec"/> was noted, at an act; 0 when never.</summary>
    public long StallBaselineUsec { get; internal set; }

    /// <summary>The next slot with the same path hash.</summary>
    internal CgroupSlot? NextInBucket { get; set; }

    internal ulong Hash { get; set; }

    internal long SeenInRefresh { get; set; }

    /// <summary>Whether this cgroup is the other one or lies below it.</summary>
    public bool IsWithin(CgroupSlot other)
    {
        for (CgroupSlot? slot = this; slot is not null; slot = slot.Parent)
        {
            if (ReferenceEquals(slot, other))
                return true;
        }

        return false;
    }

    /// <summary>
    /// Somebody lives in a cgroup below it that has memory of its own, as it was last looked at: then it is no leaf.
    /// An empty cgroup below, which any user can make in what is delegated to him, does not count, nor does a threaded
    /// one: what lives there is charged here.
    /// </summary>
    internal bool HoldsOthers { get; set; }

    /// <summary>What of its memory memory.min and memory.low protect, as last computed. Bytes.</summary>
    internal long ProtectedBytes { get; set; }

    /// <summary>memory.current, and the greater of memory.min and memory.low, as last read. Bytes.</summary>
    internal long UsageBytes { get; set; }
    internal long ProtectionBytes { get; set; }

    /// <summary>
    /// What the processes in it and below it hold, where the kernel does not count memory for cgroups: what their death
    /// frees, how much of that is in swap, and what is resident. Bytes.
    /// </summary>
    internal long MembersBytes { get; set; }
    internal long MembersSwapBytes { get; set; }
    internal long MembersRssBytes { get; set; }

    /// <summary>What its attributes say of it as a victim, as read in a round of looking at them.</summary>
    internal OomdPreference Preference { get; set; }
    internal long PreferenceRound { get; set; }

    /// <summary>Its place among those that a choice takes whole; −1 when it is none of them.</summary>
    internal int Grain { get; set; }

    /// <summary>
    /// How many cgroups that could be taken lie one in another below it, this one included; 0 when it is no part.
    /// </summary>
    internal int Height { get; set; }

    /// <summary>What prefer and avoid say of the processes in it and below it, as last looked at.</summary>
    internal Leanings MemberLeanings { get; set; }

    /// <summary>How fast its size rises. Bytes a second; see <see cref="RateMeter"/>.</summary>
    /// <param name="sizeBytes">What it holds; <see cref="Quantity.Unknown"/>: it is as it was.</param>
    /// <param name="nowUsec">The step's time.</param>
    internal long MeasureGrowth(long sizeBytes, long nowUsec) =>
        sizeBytes == Quantity.Unknown ? _growth.LastPerSecond : _growth.Measure(sizeBytes, nowUsec);

    /// <summary>What it held when its growth was measured. Bytes; 0: that has not been yet.</summary>
    internal long LastSizeBytes => _growth.LastValue;

    /// <summary>How fast reclaim scans it. Pages a second.</summary>
    /// <param name="pages">How much so far; <see cref="Quantity.Unknown"/>: it is as it was.</param>
    /// <param name="nowUsec">The step's time.</param>
    internal long MeasureScan(long pages, long nowUsec) =>
        pages == Quantity.Unknown ? _scan.LastPerSecond : _scan.Measure(pages, nowUsec);

    /// <summary>How fast its reads and writes cost. Billionths a second.</summary>
    internal long MeasureIoCost(long cost, long nowUsec) => _ioCost.Measure(cost, nowUsec);

    /// <summary>Whether a path does not fit into the room that every slot has.</summary>
    internal static bool IsLong(ReadOnlySpan<byte> path) => path.Length > UsualPathBytes;

    /// <summary>
    /// Its cgroup is gone: the slot is free. Its path can still be told, as far as there is the usual room for it.
    /// </summary>
    /// <returns>The room that a long path had, for another one; null when it had none.</returns>
    internal byte[]? Leave()
    {
        Directory = -Errno.ENOENT;
        Parent = null;
        if (_pathLength <= UsualPathBytes)
            return null;
        byte[] room = _path;
        room.AsSpan(0, UsualPathBytes).CopyTo(_usualRoom);
        _path = _usualRoom;
        _pathLength = UsualPathBytes;
        return room;
    }

    /// <param name="directory">The held directory.</param>
    /// <param name="identity">The inode number.</param>
    /// <param name="parent">The one above; null for the root.</param>
    /// <param name="path">The path from the root.</param>
    /// <param name="hash">That of the path.</param>
    /// <param name="room">For a path that <see cref="IsLong"/>.</param>
    internal void Occupy(
        int directory, long identity, CgroupSlot? parent, ReadOnlySpan<byte> path, ulong hash, byte[]? room)
    {
        _path = room ?? _usualRoom;
        path.CopyTo(_path);
        _pathLength = path.Length;
        Directory = directory;
        Identity = identity;
        Parent = parent;
        ChildCount = 0;
        Hash = hash;
        StallTotalUsec = Quantity.Unknown;
        StallBaselineUsec = 0;
        HoldsOthers = false;
        ProtectedBytes = 0;
        PreferenceRound = 0;
        _growth = default;
        _scan = default;
        _ioCost = default;
    }
}
