using System;

namespace PressureD.Simulation.Machine;

/// <content>
/// The swap cache: what was read back from swap and not written since has its copy there still, and is thrown out again
/// without being written.
/// </content>
public sealed partial class SimulatedMachine
{
    /// <summary>Of pages that come back from swap, those that keep their slots there; a remainder is carried.</summary>
    private long KeepSwapCached(MemoryRegion region, long pages)
    {
        // Compressed memory is not worth keeping twice, and slots of a swap that is half full are needed.
        if (region.WrittenShare >= FixedPoint.One || region.CompressedPages > 0) return 0;
        if (SwapIsHalfFull(region.Cgroup)) return 0;
        var exact = (pages * (FixedPoint.One - region.WrittenShare)) + region.SwapCachedRemainder;
        region.SwapCachedRemainder = exact & (FixedPoint.One - 1);
        var kept = exact >> FixedPoint.Shift;

        // memory.swap.current does not count what is in memory as well.
        ChargeSwap(region, -kept);
        CountSwapCached(region, kept);
        return kept;
    }

    /// <summary>Throws out what of these pages has its copy on swap.</summary>
    /// <returns>How many.</returns>
    private long DropSwapCached(MemoryRegion region, long pages)
    {
        if (region.SwapCachedPages == 0) return 0;
        var dropped = FixedPoint.Part(pages, region.SwapCachedPages, region.ReclaimablePages);
        CountSwapCached(region, -dropped);
        ChargeSwap(region, dropped);
        Shrink(region, dropped);
        region.SwappedPages += dropped;
        return dropped;
    }

    /// <summary>Some of these touches write to pages whose copy on swap held until now.</summary>
    internal void WriteSwapCached(MemoryRegion region, long touches)
    {
        if (region.SwapCachedPages == 0 || region.SizePages == 0) return;
        var whole = (Int128)region.SizePages << FixedPoint.Shift;
        var exact = ((Int128)touches * region.WrittenShare * region.SwapCachedPages) + region.WrittenRemainder;
        region.WrittenRemainder = (long)(exact % whole);
        ForgetCopies(region, (long)Int128.Min(exact / whole, region.SwapCachedPages));
    }

    /// <summary>Pages in memory are freed: their share of the copies goes with them.</summary>
    private void ForgetSwapCached(MemoryRegion region, long freedPages)
    {
        if (region.SwapCachedPages == 0 || freedPages <= 0) return;
        var exact = ((Int128)freedPages * region.SwapCachedPages) + region.ResidentPages - 1;
        var share = (long)(exact / region.ResidentPages);
        var left = long.Max(0, region.ResidentPages - region.WritebackPages - freedPages);
        ForgetCopies(region, long.Max(share, region.SwapCachedPages - left));
    }

    private void ForgetCopies(MemoryRegion region, long pages)
    {
        CountSwapCached(region, -pages);
        GiveSlots(pages, zram: false);
    }

    /// <summary>Reclaim gives up copies where the slots are needed.</summary>
    /// <param name="most">So many pages of each set.</param>
    internal void ReleaseSwapCached(long most)
    {
        if (Root.SwapCachedPages == 0) return;
        foreach (var region in RegionList)
            if (region.SwapCachedPages > 0 && SwapIsHalfFull(region.Cgroup))
                ForgetCopies(region, long.Min(most, region.SwapCachedPages));
    }

    private bool SwapIsHalfFull(SimulatedCgroup charged)
    {
        if (SwapFreePages * 2 < SwapTotalPages) return true;
        for (var cgroup = charged; cgroup is not null; cgroup = cgroup.Parent)
            if (cgroup.SwapMaxPages != SimulatedCgroup.NoLimit && cgroup.SwapPages * 2 >= cgroup.SwapMaxPages)
                return true;
        return false;
    }

    private static void ChargeSwap(MemoryRegion region, long pages)
    {
        for (SimulatedCgroup? cgroup = region.Cgroup; cgroup is not null; cgroup = cgroup.Parent)
        {
            cgroup.SwapPages += pages;
            cgroup.SwapPeakPages = long.Max(cgroup.SwapPeakPages, cgroup.SwapPages);
        }
    }

    private static void CountSwapCached(MemoryRegion region, long pages)
    {
        region.SwapCachedPages += pages;
        for (SimulatedCgroup? cgroup = region.Cgroup; cgroup is not null; cgroup = cgroup.Parent)
            cgroup.SwapCachedPages += pages;
    }
}
