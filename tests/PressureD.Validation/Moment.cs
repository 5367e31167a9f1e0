using System.Collections.Generic;

namespace PressureD.Validation;

/// <summary>What a machine's files say at a moment.</summary>
/// <param name="Usec">Since the run began.</param>
/// <param name="AvailableBytes">MemAvailable.</param>
/// <param name="AnonBytes">AnonPages.</param>
/// <param name="SwapUsedBytes">Swap in use.</param>
/// <param name="MemorySomeUsec">Total of memory some.</param>
/// <param name="MemoryFullUsec">Total of memory full.</param>
/// <param name="IoSomeUsec">Total of io some.</param>
/// <param name="IoFullUsec">Total of io full.</param>
/// <param name="MemorySome10">memory some avg10 in millionths.</param>
/// <param name="RefaultedAnon">workingset_refault_anon, in pages.</param>
/// <param name="RefaultedFile">workingset_refault_file, in pages.</param>
/// <param name="SwappedIn">pswpin.</param>
/// <param name="SwappedOut">pswpout.</param>
/// <param name="OomKills">oom_kill.</param>
/// <param name="Cgroups">The cgroups of the workload, by path.</param>
internal sealed record Moment(
    long Usec,
    long AvailableBytes,
    long AnonBytes,
    long SwapUsedBytes,
    long MemorySomeUsec,
    long MemoryFullUsec,
    long IoSomeUsec,
    long IoFullUsec,
    long MemorySome10,
    long RefaultedAnon,
    long RefaultedFile,
    long SwappedIn,
    long SwappedOut,
    long OomKills,
    IReadOnlyDictionary<string, CgroupMoment> Cgroups)
{
    /// <summary>mem.available_user in percent.</summary>
    internal double AvailablePercent => 100.0 * AvailableBytes / (AvailableBytes + AnonBytes);
}
