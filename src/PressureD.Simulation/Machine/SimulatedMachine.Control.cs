namespace PressureD.Simulation.Machine;

/// <content>What writing control files does: proactive reclaim, and limits that slow down.</content>
public sealed partial class SimulatedMachine
{
    private const int FruitlessRounds = 16;

    private int? _swappiness;
    private bool _reclaimsOnRequest;

    /// <summary>vm.swappiness as it stands.</summary>
    public int Swappiness
    {
        get => _swappiness ?? Options.Swappiness;
        internal set => _swappiness = value;
    }

    /// <summary>
    /// Takes pages from a cgroup in the writer's own time, in decreasing batches: memory.reclaim, and lowering
    /// memory.high.
    /// </summary>
    /// <param name="cgroup">Whose; the root means the whole machine.</param>
    /// <param name="pages">How many.</param>
    /// <param name="swappiness">In place of the machine's; null: the machine's.</param>
    /// <param name="onRequest">Counts it as asked for, not as a limit's work.</param>
    /// <returns>Whether all of it was found.</returns>
    internal bool ReclaimFrom(SimulatedCgroup cgroup, long pages, int? swappiness, bool onRequest = false)
    {
        _reclaimsOnRequest = onRequest;
        var before = _swappiness;
        if (swappiness is not null) _swappiness = swappiness;
        var fruitless = 0;
        while (pages > 0 && fruitless < FruitlessRounds)
        {
            var result = Reclaimer.Round(
                long.Max(32, pages / 4), byKswapd: false, cgroup.IsRoot ? null : cgroup);
            var taken = result.FreedPages + result.SubmittedPages;
            pages -= taken;
            fruitless = taken > 0 ? 0 : fruitless + 1;
        }

        _swappiness = before;
        _reclaimsOnRequest = false;
        return pages <= 0;
    }

    /// <summary>The cgroup that is furthest over its memory.high, by share of it; null when none is over.</summary>
    internal static SimulatedCgroup? OverHigh(SimulatedCgroup charged, out long overMillionths)
    {
        SimulatedCgroup? worst = null;
        overMillionths = 0;
        for (var cgroup = charged; cgroup is not null; cgroup = cgroup.Parent)
        {
            if (cgroup.CurrentPages <= cgroup.HighPages) continue;
            var millionths = OverMillionths(cgroup.CurrentPages, cgroup.HighPages);
            if (worst is not null && millionths <= overMillionths) continue;
            worst = cgroup;
            overMillionths = millionths;
        }

        return worst;
    }

    /// <summary>By which share of it memory.swap.high is exceeded, where that is the most; 0: nowhere.</summary>
    internal static long OverSwapHighMillionths(SimulatedCgroup charged)
    {
        long worst = 0;
        for (var cgroup = charged; cgroup is not null; cgroup = cgroup.Parent)
            worst = long.Max(worst, OverMillionths(cgroup.SwapPages, cgroup.SwapHighPages));
        return worst;
    }

    /// <summary>Every cgroup over its memory.swap.high tells so, to those above as well.</summary>
    internal static void CountSwapHigh(SimulatedCgroup charged, long events)
    {
        for (var over = charged; over is not null; over = over.Parent)
        {
            if (over.SwapPages <= over.SwapHighPages) continue;
            for (var cgroup = over; cgroup is { IsRoot: false }; cgroup = cgroup.Parent!)
                cgroup.SwapEvents.High += events;
        }
    }

    internal static void CountHigh(SimulatedCgroup limited, long events)
    {
        limited.LocalEvents.High += events;
        for (var cgroup = limited; cgroup is { IsRoot: false }; cgroup = cgroup.Parent!) cgroup.Events.High += events;
    }

    private static long OverMillionths(long pages, long limitPages) => pages <= limitPages
        ? 0
        : long.Min(FixedPoint.Part(pages - limitPages, 1_000_000, long.Max(1, limitPages)), 10_000_000);
}
