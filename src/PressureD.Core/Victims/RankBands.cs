using System;
using System.Collections.Immutable;
using PressureD.Core.Policy;

namespace PressureD.Core.Victims;

/// <summary>The bands of up to three rank keys, compared in their order.</summary>
internal readonly record struct RankBands(int First, int Second, int Third) : IComparable<RankBands>
{
    /// <summary>How many keys of a list count.</summary>
    public const int Keys = 3;

    /// <summary>Computes them.</summary>
    /// <param name="keys">At most three count.</param>
    /// <param name="values">What the candidate is ordered by.</param>
    /// <param name="scales">The machine's sizes.</param>
    public static RankBands Of(ImmutableArray<RankKey> keys, in KeyValues values, in MachineScales scales) => new(
        keys.Length > 0 ? BandOf(keys[0], values, scales) : 0,
        keys.Length > 1 ? BandOf(keys[1], values, scales) : 0,
        keys.Length > 2 ? BandOf(keys[2], values, scales) : 0);

    /// <inheritdoc/>
    public int CompareTo(RankBands other)
    {
        int order = First.CompareTo(other.First);
        if (order == 0)
            order = Second.CompareTo(other.Second);
        return order != 0 ? order : Third.CompareTo(other.Third);
    }

    private static int BandOf(RankKey key, in KeyValues values, in MachineScales scales) => key switch
    {
        RankKey.Age => -Bands.Of(values.AgeUsec),
        RankKey.Growth when values.GrowthBytesPerSecond <= scales.MemoryBytes / 100 => 0,
        _ => Bands.Of(values.Of(key)),
    };
}
