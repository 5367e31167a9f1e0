using System.Collections.Generic;

namespace PressureD.Simulation.Machine;

/// <summary>
/// zswap's pool. What it stores has a slot of the swap device and costs its cgroup what it takes compressed. A full
/// pool takes nothing, and writes its oldest pages to the device until a tenth of it is free.
/// </summary>
internal sealed class Zswap(SimulatedMachine machine, ZswapOptions options)
{
    private const long BatchUsec = 1_000_000;

    /// <summary>It has so much of the disk's queue to itself, so that those who swap out do not shut it out.</summary>
    private const long MostWritingPages = SimulatedDisk.MaxInFlightPages / 4;

    private readonly Queue<Batch> _batches = new();
    private bool _isFull;
    private long _incompressibleRemainder;
    private long _writingPages;

    public ZswapOptions Options => options;

    public long StoredPages => machine.Root.ZswappedPages;

    /// <summary>Memory that the pool takes.</summary>
    public long PoolPages => Pages.FromBytes(BytesOf(StoredPages) + Pages.Bytes - 1);

    /// <summary>Whether it takes a page now.</summary>
    public bool Accepts
    {
        get
        {
            var bytes = BytesOf(StoredPages);
            if (bytes >= LimitBytes) _isFull = true;
            else if (bytes < AcceptBytes) _isFull = false;
            return !_isFull;
        }
    }

    private long PageBytes => Pages.Bytes * 1000 / options.RatioPermille;
    private long LimitBytes => machine.RamPages * options.MaxPoolPercent / 100 * Pages.Bytes;
    private long AcceptBytes => LimitBytes / 100 * options.AcceptPercent;

    /// <summary>What so many pages take.</summary>
    public long BytesOf(long pages) => pages * PageBytes;

    /// <summary>How many pages of a cgroup it takes, as far as the pool and memory.zswap.max go.</summary>
    public long RoomFor(SimulatedCgroup charged)
    {
        if (!Accepts) return 0;
        var room = UpTo(LimitBytes, StoredPages);
        for (var cgroup = charged; cgroup is not null; cgroup = cgroup.Parent)
            if (cgroup.ZswapMaxPages != SimulatedCgroup.NoLimit)
                room = long.Min(room, UpTo(cgroup.ZswapMaxPages * Pages.Bytes, cgroup.ZswappedPages));
        return room;
    }

    /// <summary>Whether pages of a cgroup may be written to the device (memory.zswap.writeback).</summary>
    public static bool WritesBack(SimulatedCgroup charged)
    {
        for (var cgroup = charged; cgroup is not null; cgroup = cgroup.Parent)
            if (!cgroup.ZswapWriteback) return false;
        return true;
    }

    /// <summary>Stores what it can of pages that reclaim has chosen.</summary>
    /// <param name="region">Whose.</param>
    /// <param name="pages">How many.</param>
    /// <param name="diskPages">How many of them the disk takes, at most.</param>
    /// <returns>How many it stored; the others are the disk's.</returns>
    public long Store(MemoryRegion region, long pages, long diskPages)
    {
        var room = RoomFor(region.Cgroup);
        if (room == 0) return 0;
        _incompressibleRemainder += pages * options.IncompressiblePermille;
        var incompressible = _incompressibleRemainder / 1000;
        _incompressibleRemainder %= 1000;

        // What does not shrink while the disk takes nothing goes round the list once more: others are chosen.
        var stored = long.Min(room, pages - long.Min(incompressible, diskPages));
        if (stored <= 0) return 0;
        machine.ChangeZswapped(region, stored);
        if (region.ZswapBatch is not Batch { Pages: > 0 } batch || machine.NowUsec - batch.OpenedUsec >= BatchUsec)
        {
            region.ZswapBatch = batch = new Batch(region, machine.NowUsec);
            _batches.Enqueue(batch);
        }

        batch.Pages += stored;
        return stored;
    }

    /// <summary>Gives up pages that were read back, or whose slots are free.</summary>
    public void Take(MemoryRegion region, long pages)
    {
        if (pages <= 0) return;
        machine.ChangeZswapped(region, -pages);
        var writing = long.Min(region.ZswapWritingPages, region.ZswappedPages);
        region.ZswapTakenPages += pages - (region.ZswapWritingPages - writing);
        region.ZswapWritingPages = writing;
        while (_batches.TryPeek(out var oldest) && !Settle(oldest)) _batches.Dequeue();
    }

    /// <summary>Sends the oldest pages of a full pool to the disk's queue.</summary>
    public void WriteBack()
    {
        if (Accepts) return;
        var excess = ((BytesOf(StoredPages) - AcceptBytes) / PageBytes) + 1 - _writingPages;
        var kept = 0;
        while (excess > 0 && _batches.Count > kept && _writingPages < MostWritingPages)
        {
            var batch = _batches.Peek();
            var region = batch.Region;
            var pages = long.Min(excess, Settle(batch) ? batch.Pages : 0);
            pages = long.Min(pages, region.ZswappedPages - region.ZswapWritingPages);
            pages = long.Min(pages, MostWritingPages - _writingPages);
            if (pages <= 0)
            {
                batch.Pages = 0;
                _batches.Dequeue();
                continue;
            }

            if (!WritesBack(region.Cgroup))
            {
                _batches.Enqueue(_batches.Dequeue());
                kept++;
                continue;
            }

            batch.Pages -= pages;
            excess -= pages;
            region.ZswapWritingPages += pages;
            _writingPages += pages;
            machine.Counters.WrittenKiB += Pages.ToKiB(pages);
            machine.Disk.QueueWrite(region, pages, DiskWriteKind.Zswap);
        }
    }

    /// <summary>Pages have reached the device: the pool is rid of those that it still had.</summary>
    public void CompleteWrite(MemoryRegion region, long pages)
    {
        _writingPages -= pages;
        pages = long.Min(pages, region.ZswapWritingPages);
        region.ZswapWritingPages -= pages;
        machine.ChangeZswapped(region, -pages);
        for (SimulatedCgroup? cgroup = region.Cgroup; cgroup is not null; cgroup = cgroup.Parent)
        {
            cgroup.Counters.ZswapWrittenBack += pages;
            cgroup.Counters.SwappedOut += pages;
        }
    }

    // A page is taken while the pool is below the limit, so the last one goes over it.
    private long UpTo(long bytes, long storedPages) =>
        long.Max(0, (bytes - BytesOf(storedPages) + PageBytes - 1) / PageBytes);

    /// <summary>Leaves out of a set's oldest batch what was taken of the set; false when nothing is left.</summary>
    private static bool Settle(Batch batch)
    {
        var taken = long.Min(batch.Pages, batch.Region.ZswapTakenPages);
        batch.Pages -= taken;
        batch.Region.ZswapTakenPages -= taken;
        return batch.Pages > 0;
    }

    /// <summary>Pages of a set that were stored within a second.</summary>
    internal sealed class Batch(MemoryRegion region, long openedUsec)
    {
        public MemoryRegion Region => region;
        public long OpenedUsec => openedUsec;
        public long Pages { get; set; }
    }
}
