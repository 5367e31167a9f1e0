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
        var canSwap = machine.TakesSwapFrom(byKswapd);
        var anonWant = canSwap ? FixedPoint.Multiply(wantPages, AnonShare(root)) : 0;
        var anon = Take(anonWant, anon: true, byKswapd, root);
        var fileWant = wantPages - anon.SubmittedPages - anon.FreedPages;
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
        var weight = Collect(anon, root, ignoreLow: false);
        if (weight == 0) weight = Collect(anon, root, ignoreLow: true);
        long taken = 0, scanned = 0, freed = 0, submitted = 0, storeNsec = 0;
        for (var pass = 0; pass < 4 && taken < want && weight > 0; pass++)
        {
            var before = taken;
            var wanted = want - taken;
            long carried = 0;
            foreach (var region in _eligible)
            {
                var exact = ((System.Int128)wanted * Weight(region)) + carried;
                carried = (long)(exact % weight);
                var pages = long.Min((long)(exact / weight), region.ReclaimablePages);
                if (anon) pages = long.Min(pages, machine.SwapRoomFor(region.Cgroup));
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

    private static long Weight(MemoryRegion region) => region.ReclaimablePages * region.Coldness;

    private long Collect(bool anon, SimulatedCgroup? root, bool ignoreLow)
    {
        _eligible.Clear();
        long weight = 0;
        foreach (var region in machine.RegionList)
        {
            if (region.IsAnonLike != anon || region.ReclaimablePages <= 0) continue;
            if (root is not null && !region.Cgroup.IsWithin(root)) continue;
            if (IsProtected(region.Cgroup, root, ignoreLow)) continue;
            _eligible.Add(region);
            weight += Weight(region);
        }

        return weight;
    }

    // Protection is relative to the root of the reclaim: what that cgroup itself asks for does not restrain it.
    private static bool IsProtected(SimulatedCgroup cgroup, SimulatedCgroup? root, bool ignoreLow)
    {
        for (var node = cgroup; node is not null && !ReferenceEquals(node, root); node = node.Parent)
        {
            if (node.MinPages > 0 && node.Populated && node.CurrentPages <= node.MinPages) return true;
            if (!ignoreLow && node.LowPages > 0 && node.CurrentPages <= node.LowPages) return true;
        }

        return false;
    }

    private ReclaimResult Evict(MemoryRegion region, long pages, bool byKswapd)
    {
        machine.CountStolen(region, pages, byKswapd);
        if (region.IsAnonLike)
        {
            NoteCost(anon: true, pages / 32);
            return machine.SwapOut(region, pages);
        }

        machine.Shrink(region, pages);
        region.EvictedPages = long.Min(region.EvictedPages + pages,
            long.Max(0, region.SizePages - region.ResidentPages));
        return new ReclaimResult(pages, 0, 0);
    }
}
