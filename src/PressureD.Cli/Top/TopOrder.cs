using System;
using System.Collections.Generic;
using System.Linq;

namespace PressureD.Cli.Top;

/// <summary>Which cgroups are shown, and in which order.</summary>
/// <param name="Column">What they are sorted by.</param>
/// <param name="Reverse">The other way round; what is not known comes last either way.</param>
/// <param name="All">Also those that have others below them.</param>
internal sealed record TopOrder(TopColumn Column, bool Reverse, bool All)
{
    internal List<CgroupRow> Of(IEnumerable<CgroupRow> rows)
    {
        IEnumerable<CgroupRow> shown = rows.Where(row => All || row.IsLeaf);
        if (Column == TopColumn.Name)
        {
            return [.. Reverse
                ? shown.OrderByDescending(static row => row.Path, StringComparer.Ordinal)
                : shown.OrderBy(static row => row.Path, StringComparer.Ordinal)];
        }

        int sign = Reverse ? 1 : -1;
        return [.. shown.OrderBy(row => Key(row) is null)
            .ThenBy(row => sign * (Key(row) ?? 0))
            .ThenBy(static row => row.Path, StringComparer.Ordinal)];
    }

    private long? Key(CgroupRow row) => Column switch
    {
        TopColumn.Memory => row.MemoryBytes,
        TopColumn.Growth => row.GrowthBytesPerSecond,
        TopColumn.Swap => row.SwapBytes,
        TopColumn.Some => row.SomeMillionths,
        TopColumn.Full => row.FullMillionths,
        _ => null,
    };
}
