using System;

namespace PressureD.Core.Victims;

/// <summary>
/// Rank keys compare in bands a factor of 1.25 apart: values that close say nothing about who is to blame, so the next
/// key decides between them. Comparing bands, unlike comparing with a tolerance, is transitive.
/// </summary>
internal static class Bands
{
    private static readonly long[] Edges = BuildEdges();

    /// <summary>The band of a value: 0 for nothing, and one more for each factor of 1.25.</summary>
    public static int Of(long value)
    {
        if (value <= 0)
            return 0;
        int index = Array.BinarySearch(Edges, value);
        return index >= 0 ? index + 1 : ~index;
    }

    private static long[] BuildEdges()
    {
        var edges = new long[220];
        int n = 0;
        for (long edge = 1; edge < long.MaxValue / 5; edge = Math.Max(edge + 1, edge * 5 / 4))
            edges[n++] = edge;
        return edges.AsSpan(0, n).ToArray();
    }
}
