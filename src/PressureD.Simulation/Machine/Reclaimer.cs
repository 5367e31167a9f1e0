using System.Collections.Generic;

namespace PressureD.Simulation.Machine;

/// <summary>
/// Takes pages back: cold before hot, file or anon by the kernel's order of decisions (get_scan_count), sparing what
/// memory.min and memory.low protect.
/// </summary>
internal sealed class Reclaimer(SimulatedMachine machine)
{
    /// <summary>
    /// Priority 12 scans 1/4096 of a list: with that much inactive cache, the first pass finds enough.
    /// </summary>
    private const long PlentyOfCachePages = 4096;

    private readonly List<MemoryRegion> _eligible = [];
    private readonly Protection _protection = new(machine);
    private long _anonCost;
    private long _fileCost;

    /// <summary>Notes that reclaiming a kind cost something: writing it out, or reading it back in.</summary>
    public void NoteCost(bool anon, long pages)
    {
        if (anon) _anonCost += 32 * pages;
        else _fileCost += 32 * pages;
        if (_anonCost + _fileCost <= (machine.AnonLruPages + machine.FileLruPages) / 4) return;
        _anonCost /= 2;
        _fileCost /= 2;
    }

    /// <summary>One round.</summary>
    /// <param name="wantPages">How many pages to take.</param>
    /// <param name="byKswapd">Books the work to kswapd instead of to direct reclaim.</param>
    /// <param name="root">Only memory charged below it (a limit was hit), or null for the whole machine.</param>
    public ReclaimResult Round(long wantPages, bool byKswapd, SimulatedCgroup? root)
    {
        machine.ReleaseSwapCached(wantPages);
        _protection.Begin(root);
        var first = Pass(wantPages, byKswapd, root);
        if (first.FreedPages + first.SubmittedPages > 0 || !_protection.LowSpared) return first;

        // Where swap is only waiting for the disk, so is reclaim: nobody's memory.low is broken for that.
        if (machine.SwapFreePages > 0 && machine.AwaitsDisk(root)) return first;
        _protection.IgnoreLow();
        var second = Pass(wantPages, byKswapd, root);
        return second with { CostNsec = first.CostNsec + second.CostNsec };
    }

    private ReclaimResult Pass(long wantPages, bool byKswapd, SimulatedCgroup? root)
    {
        var canSwap = machine.TakesSwapFrom(byKswapd);
        var anonWant = machine.SwapFreePages > 0 ? (FixedPoint.Multiply(2 * wantPages, AnonShare(root)) + 1) / 2 : 0;
        var anon = canSwap ? Take(anonWant, anon: true, byKswapd, root) : default;

        // While the disk is behind with swap, page cache gives its own share and not the other one as well.
        var fileWant = wantPages - (canSwap ? anon.SubmittedPages + anon.FreedPages : anonWant);
        var slab = root is null ? TakeSlab(fileWant) : 0;
        var file = Take(fileWant - slab, anon: false, byKswapd, root);
        file = new(file.FreedPages + slab, 0, file.CostNsec + (slab * machine.Options.Costs.DropNsec));
        var rest = fileWant - file.FreedPages;
        if (rest > 0 && canSwap)
        {
            var more = Take(rest, anon: true, byKswapd, root);
            anon = new(
                anon.FreedPages + more.FreedPages,
                anon.SubmittedPages + more.SubmittedPages,
                anon.CostNsec + more.CostNsec);
        }

        return new(file.FreedPages + anon.FreedPages, anon.SubmittedPages, anon.CostNsec + file.CostNsec);
    }

    // Slab is scanned in the proportion in which page cache is.
    private long TakeSlab(long want)
    {
        var slab = machine.ReclaimableSlabPages;
        return machine.ShrinkSlab((want * slab) / long.Max(1, slab + machine.FileLruPages));
    }

    private long AnonShare(SimulatedCgroup? root)
    {
        var swappiness = machine.Swappiness;
        if (root is not null && swappiness == 0) return 0;
        var tinyFile = root is null && machine.FileLruPages + machine.FreePages <= machine.Watermarks.High;
        if (tinyFile && machine.AnonLruPages > 0) return FixedPoint.One;
        if (ColdFilePages(root) >= PlentyOfCachePages && !machine.FileRefaultsRecently) return 0;

        var total = _anonCost + _fileCost;
        var anonDivisor = total + _anonCost + 1;
        var fileDivisor = total + _fileCost + 1;
        var anonPart = swappiness * ((2 * total) + 1) * FixedPoint.One / anonDivisor;
        var filePart = (200 - swappiness) * ((2 * total) + 1) * FixedPoint.One / fileDivisor;

        // Lists are scanned in proportion to their length: a short one is spared, not emptied.
        var lists = root ?? machine.Root;
        anonPart = FixedPoint.Multiply(anonPart, long.Max(1, lists.AnonLruPages));
        filePart = FixedPoint.Multiply(filePart, long.Max(1, lists.FileLruPages));
        return FixedPoint.Ratio(anonPart, anonPart + filePart);
    }

    private long ColdFilePages(SimulatedCgroup? root)
    {
        long pages = 0;
        foreach (var region in machine.RegionList)
        {
            if (region.Kind != RegionKind.File || region.Coldness < FixedPoint.One / 4) continue;
            if (root is not null && !region.Cgroup.IsWithin(root)) continue;
            pages += region.ReclaimablePages;
        }

        return pages;
    }

    private ReclaimResult Take(long want, bool anon, bool byKswapd, SimulatedCgroup? root)
    {
        if (want <= 0) return default;
        var weight = Collect(anon, root);
        long taken = 0, scanned = 0, freed = 0, submitted = 0, storeNsec = 0;
        for (var pass = 0; pass < 4 && taken < want && weight > 0; pass++)
        {
            var before = taken;
            var wanted = want - taken;
            long carried = 0;
            foreach (var region in _eligible)
            {
                var left = _protection.Leaves(region);
                var pages = long.Min(Portion(wanted, left * region.Coldness, weight, ref carried), left);
                if (anon) pages = machine.AdmitToSwap(region.Cgroup, pages);
                if (pages <= 0) continue;
                var looked = pages * long.Min(64, FixedPoint.One / region.Coldness);
                machine.CountScanned(region, looked, byKswapd);
                scanned += looked;
                var result = Evict(region, pages, byKswapd);
                freed += result.FreedPages;
                submitted += result.SubmittedPages;
                storeNsec += result.CostNsec;
                taken += pages;
            }

            if (taken == before) break;
            weight = 0;
            foreach (var region in _eligible) weight += Weight(region);
        }

        var costs = machine.Options.Costs;
        var perPage = anon ? costs.SwapOutNsec : costs.DropNsec;
        var costNsec = ((scanned * costs.ScanNsec) + (taken * perPage) + storeNsec) * costs.Slowdown;
        return new(freed, submitted, costNsec);
    }

    /// <summary>A set's portion of what is wanted, by its weight; what is left of a page goes to the next.</summary>
    private static long Portion(long wanted, long ofSet, long ofAll, ref long carried)
    {
        long pages;
        if (long.Max(wanted, 1) < (1L << 62) / long.Max(ofAll, 1))
        {
            (pages, carried) = long.DivRem((wanted * ofSet) + carried, ofAll);
            return pages;
        }

        var exact = ((System.Int128)wanted * ofSet) + carried;
        carried = (long)(exact % ofAll);
        return (long)(exact / ofAll);
    }

    private long Weight(MemoryRegion region) => _protection.Leaves(region) * region.Coldness;

    private long Collect(bool anon, SimulatedCgroup? root)
    {
        _eligible.Clear();
        long weight = 0;
        foreach (var region in machine.RegionList)
        {
            if (region.IsAnonLike != anon || region.ReclaimablePages <= 0) continue;
            if (root is not null && !region.Cgroup.IsWithin(root)) continue;
            var ofSet = Weight(region);
            if (ofSet <= 0) continue;
            _eligible.Add(region);
            weight += ofSet;
        }

        return weight;
    }

    private ReclaimResult Evict(MemoryRegion region, long pages, bool byKswapd)
    {
        machine.CountStolen(region, pages, byKswapd);
        if (region.IsAnonLike)
        {
            NoteCost(anon: true, pages / 32);
            if (region.Owner is { } owner) owner.FlushDebtNsec += pages * machine.Options.Costs.FlushNsec;
            return machine.SwapOut(region, pages);
        }

        machine.Shrink(region, pages);
        region.EvictedPages = long.Min(region.EvictedPages + pages,
            long.Max(0, region.SizePages - region.ResidentPages));
        return new ReclaimResult(pages, 0, 0);
    }
}
