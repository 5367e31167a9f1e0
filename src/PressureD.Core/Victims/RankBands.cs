using System;
using System.Collections.Immutable;
using PressureD.Core.Policy;

namespace PressureD.Core.Victims;

/// <summary>The bands of up to three rank keys, compared in their order.</summary>
internal readonly record struct RankBands(int First, int Second, int Third) : IComparable<RankBands>
{
    /// <summary>Computes them.</summary>
    /// <param name="keys">At most three count.</param>
    /// <param name="sizeBytes">What the candidate holds.</param>
    /// <param name="growthBytesPerSecond">How fast that rises.</param>
    /// <param name="oomScoreAdj">Thousandths of the machine's memory and swap that badness adds.</param>
    /// <param name="scales">The machine's sizes.</param>
    public static RankBands Of(
        ImmutableArray<RankKey> keys,
        long sizeBytes,
        long growthBytesPerSecond,
        int oomScoreAdj,
        in MachineScales scales)
    {
        Span<int> bands = stackalloc int[3];
        for (int i = 0; i < keys.Length && i < bands.Length; i++)
        {
            bands[i] = keys[i] switch
            {
                RankKey.Size => Bands.Of(sizeBytes),
                RankKey.Badness => Bands.Of(sizeBytes + (scales.TotalBytes / 1000 * oomScoreAdj)),
                _ => growthBytesPerSecond > scales.MemoryBytes / 100 ? Bands.Of(growthBytesPerSecond) : 0,
            };
        }

        return new RankBands(bands[0], bands[1], bands[2]);
    }

    /// <inheritdoc/>
    public int CompareTo(RankBands other)
    {
        int order = First.CompareTo(other.First);
        if (order == 0)
            order = Second.CompareTo(other.Second);
        return order != 0 ? order : Third.CompareTo(other.Third);
    }
}
