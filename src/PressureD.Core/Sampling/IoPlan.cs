using System;
using System.Collections.Generic;
using PressureD.Core.Policy;

namespace PressureD.Core.Sampling;

/// <summary>Which numbers of io.stat are asked about.</summary>
internal sealed class IoPlan
{
    /// <summary>In the order of <see cref="Sampling.IoCounters"/>.</summary>
    private static readonly string[] Keys = ["rbytes", "wbytes", "rios", "wios", "dbytes", "dios", "cost"];

    private IoPlan((int, int)[] entries) => Entries = entries;

    /// <summary>Slots and what goes there: an index into the six counters, 6 for the cost.</summary>
    public (int Slot, int Key)[] Entries { get; }

    /// <summary>Null when nothing of it is asked about.</summary>
    public static IoPlan? For(Metric[] metrics, Func<int, bool> isAsked)
    {
        var entries = new List<(int, int)>();
        for (int slot = 0; slot < metrics.Length; slot++)
        {
            if (metrics[slot].Source == MetricSource.IoStat && isAsked(slot))
                entries.Add((slot, Array.IndexOf(Keys, metrics[slot].Key)));
        }

        return entries.Count == 0 ? null : new IoPlan(entries.ToArray());
    }
}
