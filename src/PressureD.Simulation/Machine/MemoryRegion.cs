namespace PressureD.Simulation.Machine;

/// <summary>Memory of one kind that is used uniformly, charged to the cgroup in which it was first touched.</summary>
public sealed class MemoryRegion
{
    // Kept, since reclaim asks for it far more often than it changes; 0: to be computed.
    private long _coldness;

    internal MemoryRegion(RegionKind kind, SimulatedCgroup cgroup, SimulatedProcess? owner)
    {
        Kind = kind;
        Cgroup = cgroup;
        Owner = owner;
    }

    public RegionKind Kind { get; }

    /// <summary>Who pays; memory does not move with its process.</summary>
    public SimulatedCgroup Cgroup { get; internal set; }

    /// <summary>The process that maps it, or null for cache and shared memory that nobody maps.</summary>
    public SimulatedProcess? Owner { get; internal set; }

    /// <summary>Pages of the whole set: for anon what was ever touched, for files the size of the set.</summary>
    public long SizePages
    {
        get;
        internal set
        {
            field = value;
            _coldness = 0;
        }
    }

    /// <summary>In RAM, including what is on its way to disk.</summary>
    public long ResidentPages { get; internal set; }

    public long SwappedPages { get; internal set; }

    /// <summary>Those of the swapped pages that are compressed in memory.</summary>
    public long CompressedPages { get; internal set; }

    /// <summary>Those of the swapped pages that zswap holds in memory.</summary>
    public long ZswappedPages { get; internal set; }

    /// <summary>Resident pages being written to swap or to their file: neither freed nor reclaimable yet.</summary>
    public long WritebackPages { get; internal set; }

    /// <summary>Resident pages whose copy on swap still holds: they are dropped without being written.</summary>
    public long SwapCachedPages { get; internal set; }

    /// <summary>Of touches, the share that writes, in 1/65536: what is written must be swapped out again.</summary>
    public long WrittenShare { get; internal set; } = FixedPoint.One;

    /// <summary>Locked in memory (mlock): never reclaimed.</summary>
    public bool IsLocked { get; internal set; }

    /// <summary>File pages to be written before they can be dropped.</summary>
    public long DirtyPages { get; internal set; }

    /// <summary>Pages that were resident once and were dropped: reading them again is a refault.</summary>
    public long EvictedPages { get; internal set; }

    /// <summary>Uses per second of the whole set: what makes it hot to reclaim.</summary>
    public long TouchesPerSecond
    {
        get;
        internal set
        {
            field = value;
            _coldness = 0;
        }
    }

    /// <summary>Dropped from the machine: pages in flight complete into nothing.</summary>
    public bool Released { get; internal set; }

    /// <summary>
    /// Pages that its owner was to start with and for which there was no room then: it touches them before all else.
    /// </summary>
    internal long OwedPages { get; set; }

    internal long MissRemainder { get; set; }
    internal long CompressedRemainder { get; set; }
    internal long SwapCachedRemainder { get; set; }
    internal long WrittenRemainder { get; set; }
    internal long TouchesThisSecond { get; set; }

    // Of what zswap holds: on its way to the device, taken since it was last settled, and the newest batch.
    internal long ZswapRemainder { get; set; }
    internal long ZswapWritingPages { get; set; }
    internal long ZswapTakenPages { get; set; }
    internal Zswap.Batch? ZswapBatch { get; set; }

    public bool IsAnonLike => Kind != RegionKind.File;

    internal long ReclaimablePages => IsLocked ? 0 : ResidentPages - WritebackPages - DirtyPages;

    /// <summary>
    /// How readily reclaim takes a page, in 1/65536: all of a page that nobody uses, 1 ÷ (1 + uses a minute) of
    /// another. It stands for ageing: what is used again within a minute of scanning goes round the list once more.
    /// </summary>
    internal long Coldness
    {
        get
        {
            if (_coldness > 0) return _coldness;
            _coldness = TouchesPerSecond <= 0 || SizePages <= 0
                ? FixedPoint.One
                : long.Max(1, FixedPoint.One * SizePages / (SizePages + (60 * TouchesPerSecond)));
            return _coldness;
        }
    }
}
