using System;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;

namespace PressureD.Core.Cgroups;

/// <summary>
/// One cgroup in the <see cref="CgroupTable"/>. The object is used again for another cgroup after this one is gone.
/// </summary>
public sealed class CgroupSlot
{
    private const long MinGrowthSpanUsec = 200_000;

    private byte[] _path = new byte[256];
    private long _growthBaseBytes;
    private long _growthBaseUsec;
    private long _growthBytesPerSecond;
    private int _pathLength;

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
    /// How fast its size rises since the last look that is at least 200 ms back; 0 at the first. Bytes a second.
    /// </summary>
    internal long MeasureGrowth(long sizeBytes, long nowUsec)
    {
        if (_growthBaseUsec == 0)
        {
            _growthBaseUsec = nowUsec;
            _growthBaseBytes = sizeBytes;
            return 0;
        }

        long elapsedUsec = nowUsec - _growthBaseUsec;
        if (elapsedUsec >= MinGrowthSpanUsec)
        {
            _growthBytesPerSecond = (long)((Int128)(sizeBytes - _growthBaseBytes) * 1_000_000 / elapsedUsec);
            _growthBaseUsec = nowUsec;
            _growthBaseBytes = sizeBytes;
        }

        return _growthBytesPerSecond;
    }

    internal void Occupy(int directory, long identity, CgroupSlot? parent, ReadOnlySpan<byte> path, ulong hash)
    {
        if (path.Length > _path.Length)
            _path = new byte[path.Length * 2];
        path.CopyTo(_path);
        _pathLength = path.Length;
        Directory = directory;
        Identity = identity;
        Parent = parent;
        ChildCount = 0;
        Hash = hash;
        StallTotalUsec = Quantity.Unknown;
        StallBaselineUsec = 0;
        _growthBaseUsec = 0;
        _growthBytesPerSecond = 0;
    }
}
