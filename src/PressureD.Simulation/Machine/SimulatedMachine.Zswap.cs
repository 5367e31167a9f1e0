namespace PressureD.Simulation.Machine;

/// <content>zswap, where it is switched on.</content>
public sealed partial class SimulatedMachine
{
    /// <summary>RAM that zswap's pool takes.</summary>
    public long ZswapPages => Zswap?.PoolPages ?? 0;

    /// <summary>What zswap holds, before compression.</summary>
    public long ZswappedPages => Root.ZswappedPages;

    internal Zswap? Zswap { get; }

    /// <summary>Charges pages that zswap holds of a set, or gives them back; the pool takes free memory.</summary>
    internal void ChangeZswapped(MemoryRegion region, long pages)
    {
        var poolBefore = ZswapPages;
        region.ZswappedPages += pages;
        for (SimulatedCgroup? cgroup = region.Cgroup; cgroup is not null; cgroup = cgroup.Parent)
        {
            cgroup.ZswappedPages += pages;
            cgroup.ZswapBytes = Zswap!.BytesOf(cgroup.ZswappedPages);
            cgroup.PeakPages = long.Max(cgroup.PeakPages, cgroup.CurrentPages);
        }

        FreePages -= ZswapPages - poolBefore;
    }

    /// <summary>What the disk takes of a cgroup's swap at the moment.</summary>
    private long DiskRoomFor(SimulatedCgroup cgroup) => Zswap.WritesBack(cgroup)
        ? long.Max(0, SimulatedDisk.MaxInFlightPages - Disk.InFlightPages) : 0;
}
