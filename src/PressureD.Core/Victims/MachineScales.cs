namespace PressureD.Core.Victims;

/// <summary>The sizes that ranks are measured against.</summary>
/// <param name="MemoryBytes">Memory of the machine.</param>
/// <param name="TotalBytes">Memory and swap of the machine, for the badness scale.</param>
internal readonly record struct MachineScales(long MemoryBytes, long TotalBytes)
{
    /// <summary>What an oom_score_adj adds to badness: so many thousandths of memory and swap. Bytes.</summary>
    public long BytesOf(int oomScoreAdj) => TotalBytes / 1000 * oomScoreAdj;
}
