namespace PressureD.Simulation.Machine;

/// <summary>Event counters of /proc/vmstat and memory.stat. They never go back.</summary>
public sealed class VmCounters
{
    public long PagesFaulted;
    public long MajorFaults;
    public long AllocStalls;
    public long ScannedKswapd;
    public long ScannedDirect;
    public long ScannedProactive;
    public long StolenKswapd;
    public long StolenDirect;
    public long StolenProactive;
    public long ScannedAnon;
    public long ScannedFile;
    public long StolenAnon;
    public long StolenFile;
    public long SwappedIn;
    public long SwappedOut;
    public long ZswapIn;
    public long ZswapOut;
    public long ZswapWrittenBack;
    public long ReadKiB;
    public long WrittenKiB;
    public long RefaultedAnon;
    public long RefaultedFile;
    public long ActivatedAnon;
    public long ActivatedFile;
    public long RestoredAnon;
    public long RestoredFile;
    public long Allocated;
    public long Freed;
    public long OomKills;
    public long Dirtied;
    public long Written;

    /// <summary>Anonymous pages that reclaim sent out, to a device or to zswap.</summary>
    public long SentOut => SwappedOut - ZswapWrittenBack + ZswapOut;

    /// <summary>Scanned by tasks; what memory.reclaim asked for is among it where that is not told apart.</summary>
    public long ScannedByTasks(bool proactiveApart) => ScannedDirect + (proactiveApart ? 0 : ScannedProactive);

    /// <summary>Reclaimed by tasks, likewise.</summary>
    public long StolenByTasks(bool proactiveApart) => StolenDirect + (proactiveApart ? 0 : StolenProactive);
}
