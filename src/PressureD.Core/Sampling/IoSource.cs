using System;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;

namespace PressureD.Core.Sampling;

/// <summary>Turns io.stat into the metrics that are asked about, summed over the devices.</summary>
internal static class IoSource
{
    private const int CostKey = 6;

    /// <summary>Fills the slots of the plan; unknown when the file could not be read.</summary>
    /// <param name="plan">Which.</param>
    /// <param name="text">The file's content. It is empty for a cgroup that has done no io.</param>
    /// <param name="isKnown">Whether it could be read.</param>
    /// <param name="kernel">Where devices are asked about.</param>
    /// <param name="devices">What is known of them.</param>
    /// <param name="values">By slot.</param>
    public static void Update(
        IoPlan plan, ReadOnlySpan<byte> text, bool isKnown, IKernel kernel, IoDevices devices, Span<long> values)
    {
        Span<long> sums = stackalloc long[CostKey + 1];
        sums.Clear();
        Int128 cost = 0;
        var lines = new TextCursor(text);
        while (IoStatReader.TryNext(ref lines, out IoCounters io))
        {
            sums[0] += io.ReadBytes;
            sums[1] += io.WrittenBytes;
            sums[2] += io.Reads;
            sums[3] += io.Writes;
            sums[4] += io.DiscardedBytes;
            sums[5] += io.Discards;
            cost += IoCost.Of(io, devices.Turns(kernel, io.Major, io.Minor));
        }

        sums[CostKey] = IoCost.Whole(cost);
        foreach ((int slot, int key) in plan.Entries)
            values[slot] = isKnown ? sums[key] : Quantity.Unknown;
    }
}
