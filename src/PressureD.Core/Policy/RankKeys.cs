using System.Collections.Immutable;

namespace PressureD.Core.Policy;

/// <summary>The words for <see cref="RankKey"/>s, and what they are asked of.</summary>
public static class RankKeys
{
    /// <summary>As policies write them, in the order of the keys.</summary>
    public static ImmutableArray<string> Names { get; } =
        ["size", "badness", "growth", "age", "swap", "pressure", "pgscan", "io-cost", "rss"];

    /// <summary>The word of one key.</summary>
    public static string Name(RankKey key) => Names[(int)key];

    /// <summary>
    /// Whether the kernel tells it of cgroups alone, so that the processes of one would all be equal.
    /// </summary>
    public static bool IsOfCgroups(RankKey key) => key is RankKey.Pressure or RankKey.PageScan or RankKey.IoCost;

    /// <summary>Whether only processes have it.</summary>
    public static bool IsOfProcesses(RankKey key) => key == RankKey.Age;
}
