namespace PressureD.Simulation.Machine;

/// <content>Dirty pages: who may make more of them, and when they are written.</content>
public sealed partial class SimulatedMachine
{
    private long _dirtyAgeTicks;

    /// <summary>Pages of files that are not on the disk yet, being written or not.</summary>
    public long DirtyFilePages
    {
        get
        {
            long pages = 0;
            foreach (var region in RegionList)
                if (region.Kind == RegionKind.File) pages += region.DirtyPages + region.WritebackPages;
            return pages;
        }
    }

    /// <summary>
    /// Writers wait while more than a fifth of what is available is dirty: on the machine, or within a cgroup with a
    /// limit, where the fifth is of its page cache and what it may still take.
    /// </summary>
    internal bool DirtyThrottled(SimulatedCgroup charged)
    {
        if (Root.DirtyPages + Disk.InFlightPages > DirtyLimitPages) return true;
        for (var cgroup = charged; cgroup is { IsRoot: false }; cgroup = cgroup.Parent!)
            if (cgroup.DirtyPages + cgroup.WritebackPages > DirtyablePages(cgroup) / 5) return true;
        return false;
    }

    /// <summary>
    /// Whether writes are under way that will free memory there: of a cgroup its own, for the machine any.
    /// </summary>
    internal bool AwaitsDisk(SimulatedCgroup? limited) =>
        limited is null ? Disk.Busy : limited.WritebackPages > 0;

    /// <summary>Begins to write what is dirty, as far as the disk's queue takes it.</summary>
    /// <param name="of">Memory charged to it or below it.</param>
    private void StartWriteback(SimulatedCgroup of)
    {
        foreach (var region in RegionList)
            if (region.DirtyPages > 0 && region.Cgroup.IsWithin(of)) StartWriteback(region);
    }

    /// <summary>The same of one file, as fsync does.</summary>
    internal void StartWriteback(MemoryRegion region)
    {
        var pages = long.Min(region.DirtyPages, SimulatedDisk.MaxInFlightPages - Disk.InFlightPages);
        if (pages <= 0) return;
        Dirty(region, -pages);
        Counters.WrittenKiB += Pages.ToKiB(pages);
        Disk.QueueWrite(region, pages, DiskWriteKind.File);
    }

    private void FlushDirty()
    {
        var dirty = Root.DirtyPages;
        if (dirty == 0) return;
        _dirtyAgeTicks++;

        // The flusher starts at a tenth of available memory, and sweeps every five seconds in any case.
        var isDue = dirty > DirtyLimitPages / 2 || _dirtyAgeTicks >= 500;
        if (_dirtyAgeTicks >= 500 && dirty < 256) _dirtyAgeTicks = 0;
        if (isDue)
        {
            StartWriteback(Root);
            return;
        }

        foreach (var cgroup in CgroupList)
            if (cgroup.DirtyPages > 0 && cgroup.DirtyPages > DirtyablePages(cgroup) / 10) StartWriteback(cgroup);
    }

    // Of a cgroup without a limit it is more than the machine's, which counts then.
    private static long DirtyablePages(SimulatedCgroup cgroup)
    {
        var limit = long.Min(cgroup.MaxPages, cgroup.HighPages);
        if (limit == SimulatedCgroup.NoLimit) return SimulatedCgroup.NoLimit;
        return cgroup.FileLruPages + long.Max(0, limit - cgroup.CurrentPages);
    }
}
