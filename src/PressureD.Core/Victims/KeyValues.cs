using System;
using PressureD.Core.Policy;

namespace PressureD.Core.Victims;

/// <summary>
/// What a candidate, or the cgroup that is to blame, is ordered by. Units as <see cref="RankKey"/> says.
/// </summary>
internal struct KeyValues
{
    public long SizeBytes;
    public long BadnessBytes;
    public long GrowthBytesPerSecond;
    public long AgeUsec;
    public long SwapBytes;
    public long PressureMillionths;
    public long ScannedPagesPerSecond;
    public long IoCostPerSecond;
    public long RssBytes;

    /// <summary>Adds a further process: the ages become that of the youngest, and badness is what all have.</summary>
    public void Add(in KeyValues other)
    {
        SizeBytes += other.SizeBytes;
        BadnessBytes += other.BadnessBytes;
        GrowthBytesPerSecond += other.GrowthBytesPerSecond;
        AgeUsec = Math.Min(AgeUsec, other.AgeUsec);
        SwapBytes += other.SwapBytes;
        RssBytes += other.RssBytes;
    }

    /// <summary>The value of one key.</summary>
    public readonly long Of(RankKey key) => key switch
    {
        RankKey.Size => SizeBytes,
        RankKey.Badness => BadnessBytes,
        RankKey.Growth => GrowthBytesPerSecond,
        RankKey.Age => AgeUsec,
        RankKey.Swap => SwapBytes,
        RankKey.Pressure => PressureMillionths,
        RankKey.PageScan => ScannedPagesPerSecond,
        RankKey.IoCost => IoCostPerSecond,
        RankKey.Rss => RssBytes,
        _ => throw new ArgumentOutOfRangeException(nameof(key)),
    };
}
