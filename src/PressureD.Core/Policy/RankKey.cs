namespace PressureD.Core.Policy;

/// <summary>By what candidates are ordered, the greatest first; for <see cref="Age"/> the youngest first.</summary>
public enum RankKey
{
    /// <summary>
    /// What its death frees: anonymous memory, swap and page tables. Bytes. Of a cgroup, the part that memory.min and
    /// memory.low do not protect.
    /// </summary>
    Size,

    /// <summary>
    /// The kernel's formula (mm/oom_kill.c, oom_badness): resident memory of all kinds, swap entries and page tables,
    /// plus oom_score_adj thousandths of RAM and swap. Bytes. The kernel has none for cgroups: there it is size.
    /// </summary>
    Badness,

    /// <summary>How fast its size rises; counts only above 1 % of RAM a second. Bytes a second.</summary>
    Growth,

    /// <summary>
    /// How long it has run, counted from the start of the youngest process: the youngest come first, since least is
    /// lost with them. Microseconds. Of processes only.
    /// </summary>
    Age,

    /// <summary>What it has on swap. Bytes.</summary>
    Swap,

    /// <summary>
    /// Half of avg10 and half of avg60 of a cgroup's full memory stall. Millionths. Of cgroups only.
    /// </summary>
    Pressure,

    /// <summary>Pages that reclaim scans in a cgroup. Pages a second. Of cgroups only.</summary>
    PageScan,

    /// <summary>
    /// What a cgroup's reads and writes cost a fast disk, by operations and bytes. Billionths a second. Of cgroups
    /// only.
    /// </summary>
    IoCost,

    /// <summary>
    /// Resident memory: of a process anonymous, file and shared; of a cgroup all that is charged to it, less what is
    /// protected. Bytes.
    /// </summary>
    Rss,
}
