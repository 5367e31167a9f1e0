using PressureD.Core.Readers;

namespace PressureD.Core.Victims;

/// <summary>What the last scan found of one process.</summary>
internal struct ProcessEntry
{
    public int Pid;
    public uint Uid;
    public int OomScoreAdj;

    /// <summary>What the cheapest file said of it: while that stays, the rest is taken to stay as well.</summary>
    public ProcessStatm Statm;

    /// <summary>
    /// Anonymous memory, swap and page tables: what its death frees. Shared memory and file cache stay.
    /// </summary>
    public long SizeBytes;

    /// <summary>Resident: anonymous, file and shared.</summary>
    public long RssBytes;

    public long SwapBytes;

    public long PageTableBytes;

    /// <summary>Change of <see cref="SizeBytes"/>, bytes a second.</summary>
    public long GrowthBytesPerSecond;

    /// <summary>The size and time from which growth is measured next.</summary>
    public long BaseSizeBytes;
    public long BaseUsec;

    /// <summary>When it started, clock ticks since boot; 0 unless asked for.</summary>
    public long StartTicks;

    /// <summary>Its process group and session; 0 unless asked for.</summary>
    public int Group;
    public int Session;
}
