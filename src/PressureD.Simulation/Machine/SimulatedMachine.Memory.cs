using System.Collections.Generic;

namespace PressureD.Simulation.Machine;

/// <content>Memory: every page is free, the kernel's, or resident in exactly one region.</content>
public sealed partial class SimulatedMachine
{
    private readonly List<SwapDevice> _swapDevices = [];
    private long _fileRefaultsThisSecond;
    private long _fileRefaultsLastSecond;

    public long RamPages { get; }
    public Watermarks Watermarks { get; }
    public long FreePages { get; private set; }

    /// <summary>Unreclaimable kernel memory without page tables.</summary>
    public long KernelPages { get; }

    /// <summary>Directory and inode caches: reclaimed along with page cache.</summary>
    public long ReclaimableSlabPages { get; private set; }

    public long AnonPages => Root.AnonPages;
    public long FilePages => Root.FilePages;
    public long ShmemPages => Root.ShmemPages;
    public long PageTablePages => Root.PageTablePages;
    public long DirtyPages => Root.DirtyPages;
    public long LockedPages => Root.LockedPages;
    public long SwapCachedPages => Root.SwapCachedPages;
    public IReadOnlyList<SwapDevice> SwapDevices => _swapDevices;
    public VmCounters Counters => Root.Counters;

    public long SwapTotalPages
    {
        get
        {
            long pages = 0;
            foreach (var device in _swapDevices) pages += device.TotalPages;
            return pages;
        }
    }

    /// <summary>RAM that compressed swap takes.</summary>
    public long ZramPages
    {
        get
        {
            long pages = 0;
            foreach (var device in _swapDevices) pages += device.PoolPages;
            return pages;
        }
    }

    public long SwapFreePages
    {
        get
        {
            long pages = 0;
            foreach (var device in _swapDevices) pages += device.FreePages;
            return pages;
        }
    }

    /// <summary>
    /// MemAvailable: free − reserves + file cache and reclaimable slab, each without the half or the low watermark that
    /// is assumed to be in use; hot and dirty cache counts, swap does not (si_mem_available).
    /// </summary>
    public long AvailablePages
    {
        get
        {
            var reserve = Watermarks.High + Pages.FromBytes(Options.LowmemReserveBytes);
            var file = FileLruPages - long.Min(FileLruPages / 2, Watermarks.Low);
            var slab = ReclaimableSlabPages - long.Min(ReclaimableSlabPages / 2, Watermarks.Low);
            return long.Max(0, FreePages - reserve + file + slab);
        }
    }

    /// <summary>Page cache without shared memory, which lives on the anon lists.</summary>
    public long FileLruPages => Root.FileLruPages;

    /// <summary>Private and shared memory without what is locked.</summary>
    public long AnonLruPages => Root.AnonLruPages;

    internal List<MemoryRegion> RegionList { get; } = [];
    internal bool FileRefaultsRecently => _fileRefaultsThisSecond + _fileRefaultsLastSecond > 64;

    /// <summary>vm.dirty_ratio of what is available, 20 %; the flusher starts at half of it.</summary>
    internal long DirtyLimitPages => (FreePages + FileLruPages) / 5;

    /// <summary>Four pages a thread.</summary>
    internal long KernelStackKiB => ProcessList.Count * 16L;

    /// <summary>Adds a set of memory to a process, empty at first.</summary>
    public MemoryRegion MapRegion(SimulatedProcess process, RegionKind kind)
    {
        var region = NewRegion(kind, process.Cgroup, process);
        process.RegionList.Add(region);
        return region;
    }

    /// <summary>Adds a set of private memory that stays where it is, as mlockall does.</summary>
    public MemoryRegion MapLocked(SimulatedProcess process)
    {
        var region = MapRegion(process, RegionKind.Anon);
        region.IsLocked = true;
        return region;
    }

    /// <summary>
    /// Makes pages of a process's region resident at once, without time: a state to begin with. For what finds no room
    /// see <see cref="Start"/>.
    /// </summary>
    /// <exception cref="System.ArgumentException">The machine cannot begin with so much memory in use.</exception>
    public void Fill(MemoryRegion region, long pages)
    {
        MakeRoom(pages);
        if (IsBeginning && pages > FreePages)
            throw new System.ArgumentException(
                $"{region.Owner!.Comm} needs more memory than is free or can be reclaimed at once.");
        var there = IsBeginning ? pages : long.Clamp(FreePages - Watermarks.Min, 0, pages);
        Grow(region, there);
        region.SizePages = long.Max(region.SizePages, region.ResidentPages + region.SwappedPages);
        if (region.IsAnonLike) Owe(region, pages - there);
        else region.SizePages = long.Max(region.SizePages, pages);
    }

    /// <summary>Takes free pages for a region and charges them.</summary>
    internal void Grow(MemoryRegion region, long pages)
    {
        FreePages -= pages;
        region.ResidentPages += pages;
        Counters.Allocated += pages;
        Charge(region, pages);
        if (region.Owner is { } owner && region.IsAnonLike) UpdatePageTables(owner);
    }

    /// <summary>Gives pages of a region back to the free ones.</summary>
    internal void Shrink(MemoryRegion region, long pages)
    {
        FreePages += pages;
        region.ResidentPages -= pages;
        Counters.Freed += pages;
        Charge(region, -pages);
    }

    /// <summary>Frees slab; the last of it is in use.</summary>
    internal long ShrinkSlab(long pages)
    {
        pages = long.Clamp(pages, 0, long.Max(0, ReclaimableSlabPages - Pages.PerMiB));
        ReclaimableSlabPages -= pages;
        FreePages += pages;
        return pages;
    }

    /// <summary>Swaps pages out: compressed ones are stored at once, the others go to the disk's queue.</summary>
    internal ReclaimResult SwapOut(MemoryRegion region, long pages)
    {
        var dropped = DropSwapCached(region, pages);
        pages -= dropped;
        var poolBefore = ZramPages + ZswapPages;
        var compressed = TakeSwapSlots(region, pages);
        var stored = Zswap?.Store(region, pages, DiskRoomFor(region.Cgroup)) ?? 0;
        for (SimulatedCgroup? cgroup = region.Cgroup; cgroup is not null; cgroup = cgroup.Parent)
        {
            cgroup.Counters.SwappedOut += pages - stored;
            cgroup.Counters.ZswapOut += stored;
        }

        Shrink(region, compressed + stored);
        region.SwappedPages += compressed + stored;
        var written = pages - compressed - stored;
        if (written > 0)
        {
            Counters.WrittenKiB += Pages.ToKiB(written);
            Disk.QueueWrite(region, written, DiskWriteKind.Swap);
        }

        var costNsec = compressed > 0 ? compressed * Zram!.CompressNsec : 0;
        if (stored > 0) costNsec += stored * Zswap!.Options.CompressNsec;
        var grown = ZramPages + ZswapPages - poolBefore;
        return new ReclaimResult(dropped + long.Max(0, compressed + stored - grown), written, costNsec);
    }

    /// <summary>Whether there is swap to write to now.</summary>
    internal bool TakesSwapFrom(bool kswapd)
    {
        foreach (var device in _swapDevices)
        {
            if (device.FreePages == 0) continue;
            if (device.Options.Zram is not null || Disk.TakesSwapFrom(kswapd)) return true;
            if (Zswap is { Accepts: true }) return true;
        }

        return false;
    }

    private ZramOptions? Zram
    {
        get
        {
            foreach (var device in _swapDevices)
                if (device.Options.Zram is { } zram) return zram;
            return null;
        }
    }

    /// <summary>Where the next missing page of a set is, and what reading it costs when it is compressed.</summary>
    internal SwapPlace NextPlace(MemoryRegion region, out long costNsec)
    {
        costNsec = 0;
        if (region.SwappedPages == 0) return SwapPlace.Disk;
        region.CompressedRemainder += region.CompressedPages;
        if (region.CompressedPages > 0 && region.CompressedRemainder >= region.SwappedPages)
        {
            region.CompressedRemainder -= region.SwappedPages;
            costNsec = Zram!.DecompressNsec * Options.Costs.Slowdown;
            return SwapPlace.Zram;
        }

        region.ZswapRemainder += region.ZswappedPages;
        if (region.ZswappedPages == 0 || region.ZswapRemainder < region.SwappedPages) return SwapPlace.Disk;
        region.ZswapRemainder -= region.SwappedPages;
        costNsec = Zswap!.Options.DecompressNsec * Options.Costs.Slowdown;
        return SwapPlace.Zswap;
    }

    /// <summary>A write reached the disk: swapped pages are free, written file pages are clean.</summary>
    internal void CompleteWrite(MemoryRegion region, long pages, DiskWriteKind kind)
    {
        if (kind == DiskWriteKind.Zswap)
        {
            Counters.Written += pages;
            Zswap!.CompleteWrite(region, pages);
            return;
        }

        // What was freed while it was being written has nothing left to complete.
        pages = long.Min(pages, region.WritebackPages);
        region.WritebackPages -= pages;
        Counters.Written += pages;
        for (SimulatedCgroup? cgroup = region.Cgroup; cgroup is not null; cgroup = cgroup.Parent)
            cgroup.WritebackPages -= pages;
        if (kind == DiskWriteKind.File) return;
        Shrink(region, pages);
        region.SwappedPages += pages;
    }

    /// <summary>Brings a page of a set back, and what read-ahead brings along.</summary>
    internal void FaultIn(SimulatedProcess process, MemoryRegion region, long workingsetShare, SwapPlace place)
    {
        process.MajorFaults++;
        CountFaults(process, 1);
        var restored = workingsetShare > FixedPoint.One / 2 ? 1 : 0;
        if (region.IsAnonLike)
        {
            // Of the seven neighbours in the swap cluster, three in ten belong to what is used now. Compressed memory
            // is read page by page.
            var most = place != SwapPlace.Disk ? 1 : long.Min(3, region.SwappedPages - region.ZswappedPages);
            var pages = long.Min(most, long.Max(1, FreePages - Watermarks.Min));
            region.SwappedPages -= pages;
            var stored = place == SwapPlace.Zswap ? pages : 0;
            var kept = place == SwapPlace.Disk ? KeepSwapCached(region, pages) : 0;
            GiveSwapSlots(region, pages - kept, stored);
            Grow(region, pages);
            Reclaimer.NoteCost(anon: true, restored);
            CountRead(pages - stored);
            if (place == SwapPlace.Disk) CountDiskPages(process.Cgroup, pages);
            for (SimulatedCgroup? cgroup = region.Cgroup; cgroup is not null; cgroup = cgroup.Parent)
            {
                cgroup.Counters.MajorFaults++;
                cgroup.Counters.SwappedIn += pages - stored;
                cgroup.Counters.ZswapIn += stored;
                cgroup.Counters.RefaultedAnon += pages;
                cgroup.Counters.RestoredAnon += restored;
            }

            return;
        }

        var refault = region.EvictedPages > 0;
        if (refault)
        {
            region.EvictedPages--;
            _fileRefaultsThisSecond++;
        }

        Grow(region, 1);
        Reclaimer.NoteCost(anon: false, restored);
        CountRead(1);
        CountDiskPages(process.Cgroup, 1);
        for (SimulatedCgroup? cgroup = region.Cgroup; cgroup is not null; cgroup = cgroup.Parent)
        {
            cgroup.Counters.MajorFaults++;
            if (!refault) continue;
            cgroup.Counters.RefaultedFile++;
            cgroup.Counters.RestoredFile += restored;
        }
    }

    /// <summary>
    /// Which share of the wait for a missing page of a set is a memory stall: refaults carry the workingset flag when
    /// the set is a little larger than what memory holds of it, and hardly when it is much larger. Fitted to runs of
    /// uniform random access: e^(−5.5·(x−1)) on the classic lists; 0.3, falling beyond x = 1.25, with generations.
    /// </summary>
    internal long WorkingsetShare(MemoryRegion region)
    {
        if (region.Kind == RegionKind.File && region.EvictedPages <= 0) return 0;
        var missing = region.IsAnonLike ? region.SwappedPages : region.SizePages - region.ResidentPages;
        var excess = FixedPoint.Ratio(missing, long.Max(1, region.ResidentPages));
        if (!Options.Profile.MultiGenerationalLru) return FixedPoint.ExpMinus(excess * 11 / 2);
        return FixedPoint.One * 3 / 10 * FixedPoint.ExpMinus(5 * (excess - (FixedPoint.One / 4))) >> FixedPoint.Shift;
    }

    /// <summary>
    /// How many of these pages reclaim may swap out. What a limit or a full swap keeps from there is counted, as far
    /// as it is tried: not where nothing is left, nor what the disk has no time for (mem_cgroup_try_charge_swap,
    /// can_reclaim_anon_pages).
    /// </summary>
    internal long AdmitToSwap(SimulatedCgroup charged, long pages)
    {
        var allowed = SwapLimitRoom(charged);
        var room = long.Min(SwapFreePages, allowed);
        if (room == 0) return 0;
        pages = long.Min(pages, SwapDeviceRoom(charged));
        var admitted = long.Min(pages, room);
        if (admitted == pages) return pages;
        for (var cgroup = charged; cgroup is { IsRoot: false }; cgroup = cgroup.Parent!)
        {
            cgroup.SwapEvents.Max += long.Max(0, pages - allowed);
            cgroup.SwapEvents.Fail += pages - admitted;
        }

        return admitted;
    }

    private bool HasSwapFor(SimulatedCgroup charged) =>
        SwapFreePages > 0 && SwapLimitRoom(charged) > 0 && SwapDeviceRoom(charged) > 0;

    // What memory.swap.max leaves, here and above.
    private static long SwapLimitRoom(SimulatedCgroup charged)
    {
        var room = SimulatedCgroup.NoLimit;
        for (var cgroup = charged; cgroup is not null; cgroup = cgroup.Parent)
            if (cgroup.SwapMaxPages != SimulatedCgroup.NoLimit)
                room = long.Min(room, long.Max(0, cgroup.SwapMaxPages - cgroup.SwapPages));
        return room;
    }

    // What can be taken now, whether there are slots or not.
    private long SwapDeviceRoom(SimulatedCgroup charged)
    {
        long compressed = 0;
        foreach (var device in _swapDevices)
            if (device.Options.Zram is not null) compressed += device.FreePages;
        return compressed + (Zswap is { } zswap
            ? zswap.RoomFor(charged) + DiskRoomFor(charged)
            : SimulatedDisk.MaxInFlightPages - Disk.InFlightPages);
    }

    /// <summary>The cgroup whose memory.max stands against charging so many pages more, or null.</summary>
    internal SimulatedCgroup? OverLimit(SimulatedCgroup charged, long pages)
    {
        for (var cgroup = charged; cgroup is not null; cgroup = cgroup.Parent)
            if (cgroup.MaxPages != SimulatedCgroup.NoLimit && cgroup.CurrentPages + pages > cgroup.MaxPages)
                return cgroup;
        return null;
    }

    /// <summary>Whether all that reclaim could still give would not lift free memory over the minimum.</summary>
    internal bool NothingReclaimable(SimulatedCgroup? limited)
    {
        if (limited is not null) return limited.FilePages - limited.ShmemPages <= 0 && !HasSwapFor(limited);
        var reclaimable = FileLruPages + (SwapFreePages > 0 ? AnonLruPages : 0);
        return FreePages + reclaimable <= Watermarks.Min;
    }

    /// <summary>Pages of a file that were read before and thrown out are read in sequence again.</summary>
    internal void CountRereads(MemoryRegion region, long pages)
    {
        pages = long.Min(pages, region.EvictedPages);
        region.EvictedPages -= pages;
        for (SimulatedCgroup? cgroup = region.Cgroup; cgroup is not null; cgroup = cgroup.Parent)
            cgroup.Counters.RefaultedFile += pages;
    }

    internal void Dirty(MemoryRegion region, long pages)
    {
        if (pages > 0) Counters.Dirtied += pages;
        region.DirtyPages += pages;
        for (SimulatedCgroup? cgroup = region.Cgroup; cgroup is not null; cgroup = cgroup.Parent)
            cgroup.DirtyPages += pages;
    }

    /// <summary>Frees shared memory, as deleting a tmpfs file does.</summary>
    public void FreeShmem(MemoryRegion region, long pages)
    {
        pages = long.Min(pages, region.ResidentPages);
        FreeResident(region, pages);
        region.SizePages -= pages;
    }

    /// <summary>Gives private memory back, as munmap does.</summary>
    /// <param name="region">Of what.</param>
    /// <param name="residentPages">How much of what is in memory.</param>
    /// <param name="swappedPages">How much of what is on swap.</param>
    internal void Unmap(MemoryRegion region, long residentPages, long swappedPages)
    {
        FreeResident(region, residentPages);
        region.SwappedPages -= swappedPages;
        if (swappedPages > 0) GiveSwapSlots(region, swappedPages);
        region.SizePages = region.ResidentPages + region.SwappedPages;
        if (region.Owner is { } owner) UpdatePageTables(owner);
    }

    /// <summary>Gives so many pages of private memory back, in memory and on swap as the set has them.</summary>
    internal void GiveBack(MemoryRegion region, long pages)
    {
        pages = long.Min(pages, region.SizePages);
        if (pages <= 0) return;
        var resident = FixedPoint.Part(pages, region.ResidentPages, region.SizePages);
        var swapped = long.Min(region.SwappedPages, pages - resident);
        Unmap(region, pages - swapped, swapped);
    }

    private MemoryRegion NewRegion(RegionKind kind, SimulatedCgroup cgroup, SimulatedProcess? owner)
    {
        var region = new MemoryRegion(kind, cgroup, owner);
        RegionList.Add(region);
        return region;
    }

    private void Charge(MemoryRegion region, long pages)
    {
        for (SimulatedCgroup? cgroup = region.Cgroup; cgroup is not null; cgroup = cgroup.Parent)
        {
            if (region.Kind == RegionKind.Anon) cgroup.AnonPages += pages;
            else cgroup.FilePages += pages;
            if (region.Kind == RegionKind.Shmem) cgroup.ShmemPages += pages;
            if (region.IsLocked) cgroup.LockedPages += pages;
            if (pages > 0) cgroup.PeakPages = long.Max(cgroup.PeakPages, cgroup.CurrentPages);
        }
    }

    private void FreeResident(MemoryRegion region, long pages)
    {
        ForgetSwapCached(region, pages);

        // Pages in flight are freed with the others: their write completes into nothing.
        var inFlight = long.Max(0, pages - (region.ResidentPages - region.WritebackPages));
        if (inFlight > 0)
        {
            region.WritebackPages -= inFlight;
            for (SimulatedCgroup? cgroup = region.Cgroup; cgroup is not null; cgroup = cgroup.Parent)
                cgroup.WritebackPages -= inFlight;
            GiveSwapSlots(region, inFlight, 0, inFlight: true);
        }

        Shrink(region, pages);
    }

    /// <summary>
    /// A region's process is gone: files and shared memory stay with the cgroup, private memory was freed.
    /// </summary>
    private void Unmap(MemoryRegion region)
    {
        region.Owner = null;
        region.TouchesPerSecond = 0;
        if (region.Kind != RegionKind.Anon && region.ResidentPages + region.SwappedPages > 0)
        {
            if (region.Kind == RegionKind.File) region.SizePages = region.ResidentPages;
            return;
        }

        region.Released = true;
        RegionList.Remove(region);
    }

    private void UpdatePageTables(SimulatedProcess process)
    {
        long mapped = 0;
        foreach (var region in process.RegionList) mapped += region.ResidentPages + region.SwappedPages;
        ChargePageTables(process, 4 + (mapped / 512) - process.PageTablePages);
    }

    private void ChargePageTables(SimulatedProcess process, long pages)
    {
        if (pages == 0) return;
        process.PageTablePages += pages;
        FreePages -= pages;
        for (SimulatedCgroup? cgroup = process.Cgroup; cgroup is not null; cgroup = cgroup.Parent)
        {
            cgroup.PageTablePages += pages;
            cgroup.PeakPages = long.Max(cgroup.PeakPages, cgroup.CurrentPages);
        }
    }

    private void ChargeStack(SimulatedProcess process, long pages)
    {
        if (pages == 0) return;
        FreePages -= pages;
        for (SimulatedCgroup? cgroup = process.Cgroup; cgroup is not null; cgroup = cgroup.Parent)
        {
            cgroup.StackPages += pages;
            cgroup.PeakPages = long.Max(cgroup.PeakPages, cgroup.CurrentPages);
        }
    }

    /// <returns>How many of them are compressed.</returns>
    private long TakeSwapSlots(MemoryRegion region, long pages)
    {
        long compressed = 0;
        ChargeSwap(region, pages);
        foreach (var device in _swapDevices)
        {
            var taken = long.Min(pages, device.FreePages);
            var poolBefore = device.PoolPages;
            device.UsedPages += taken;
            pages -= taken;
            if (device.Options.Zram is null) continue;
            FreePages -= device.PoolPages - poolBefore;
            compressed += taken;
        }

        region.CompressedPages += compressed;
        return compressed;
    }

    private void GiveSwapSlots(MemoryRegion region, long pages)
    {
        // Those that zswap holds come back in the proportion in which the set has them, as do compressed ones.
        var before = region.SwappedPages + pages;
        var stored = region.ZswappedPages == 0 ? 0 : ((pages * region.ZswappedPages) + before - 1) / before;
        GiveSwapSlots(region, pages, stored);
    }

    private void GiveSwapSlots(MemoryRegion region, long pages, long stored, bool inFlight = false)
    {
        Zswap?.Take(region, stored);
        ChargeSwap(region, -pages);

        // Compressed and written pages come back in the proportion in which the set has them.
        var before = region.SwappedPages + pages;
        var compressed = inFlight || region.CompressedPages == 0
            ? 0 : long.Min(region.CompressedPages, ((pages * region.CompressedPages) + before - 1) / before);
        region.CompressedPages -= compressed;
        GiveSlots(compressed, zram: true);
        GiveSlots(pages - compressed, zram: false);
    }

    private void GiveSlots(long pages, bool zram)
    {
        for (var index = _swapDevices.Count - 1; index >= 0; index--)
        {
            var device = _swapDevices[index];
            if (device.Options.Zram is not null != zram) continue;
            var given = long.Min(pages, device.UsedPages);
            var poolBefore = device.PoolPages;
            device.UsedPages -= given;
            FreePages += poolBefore - device.PoolPages;
            pages -= given;
        }
    }

    internal void CountFaults(SimulatedProcess process, long pages)
    {
        process.MinorFaults += pages;
        for (SimulatedCgroup? cgroup = process.Cgroup; cgroup is not null; cgroup = cgroup.Parent)
            cgroup.Counters.PagesFaulted += pages;
    }

    internal void CountRead(long pages) => Counters.ReadKiB += Pages.ToKiB(pages);

    internal void CountAllocStall(SimulatedCgroup? limited)
    {
        if (limited is null)
        {
            Counters.AllocStalls++;
            return;
        }

        limited.LocalEvents.Max++;
        for (var cgroup = limited; cgroup is { IsRoot: false }; cgroup = cgroup.Parent!) cgroup.Events.Max++;
    }

    internal void CountScanned(MemoryRegion region, long pages, bool byKswapd)
    {
        for (SimulatedCgroup? cgroup = region.Cgroup; cgroup is not null; cgroup = cgroup.Parent)
        {
            var counters = cgroup.Counters;
            if (byKswapd) counters.ScannedKswapd += pages;
            else if (_reclaimsOnRequest) counters.ScannedProactive += pages;
            else counters.ScannedDirect += pages;
            if (region.IsAnonLike) counters.ScannedAnon += pages;
            else counters.ScannedFile += pages;
        }
    }

    internal void CountStolen(MemoryRegion region, long pages, bool byKswapd)
    {
        for (SimulatedCgroup? cgroup = region.Cgroup; cgroup is not null; cgroup = cgroup.Parent)
        {
            var counters = cgroup.Counters;
            if (byKswapd) counters.StolenKswapd += pages;
            else if (_reclaimsOnRequest) counters.StolenProactive += pages;
            else counters.StolenDirect += pages;
            if (region.IsAnonLike) counters.StolenAnon += pages;
            else counters.StolenFile += pages;
        }
    }
}
