using System;
using PressureD.Core.Readers;

namespace PressureD.Core.Sampling;

/// <summary>
/// How fast headroom shrinks: the median of the slopes between all pairs of the newest samples (Theil–Sen), so that up
/// to a quarter of them may be wild without moving it.
/// </summary>
public sealed class ExhaustionTrend
{
    /// <summary>28 pairs: enough to be robust, few enough to sort at every sample.</summary>
    private const int Capacity = 8;

    /// <summary>Fewer samples than this say nothing about a trend.</summary>
    private const int MinSamples = 3;

    /// <summary>Samples older than this describe another situation.</summary>
    private const long MaxAgeUsec = 5_000_000;

    /// <summary>
    /// Closer samples would measure the kernel's per-CPU batching (up to 64 pages a CPU) rather than a trend.
    /// </summary>
    private const long MinSpacingUsec = 40_000;

    private readonly long[] _timesUsec = new long[Capacity];
    private readonly long[] _headroomBytes = new long[Capacity];
    private readonly long[] _slopes = new long[Capacity * (Capacity - 1) / 2];
    private int _count;

    /// <summary>
    /// Median change of headroom in bytes a second, negative while it shrinks; unknown before three samples.
    /// </summary>
    public long BytesPerSecond { get; private set; } = Quantity.Unknown;

    /// <summary>Takes a sample and recomputes <see cref="BytesPerSecond"/>.</summary>
    public void Add(long nowUsec, long headroomBytes)
    {
        if (_count > 0 && nowUsec - _timesUsec[_count - 1] < MinSpacingUsec)
            return;

        int drop = _count == Capacity ? 1 : 0;
        while (drop < _count && nowUsec - _timesUsec[drop] > MaxAgeUsec)
            drop++;
        Array.Copy(_timesUsec, drop, _timesUsec, 0, _count - drop);
        Array.Copy(_headroomBytes, drop, _headroomBytes, 0, _count - drop);
        _count -= drop;

        _timesUsec[_count] = nowUsec;
        _headroomBytes[_count] = headroomBytes;
        _count++;
        BytesPerSecond = _count < MinSamples ? Quantity.Unknown : MedianSlope();
    }

    /// <summary>Forgets everything: swap came or went, so the samples before it describe another headroom.</summary>
    public void Reset()
    {
        _count = 0;
        BytesPerSecond = Quantity.Unknown;
    }

    /// <summary>Microseconds until the headroom is used up at this speed; unlimited when it does not shrink.</summary>
    public long TimeToExhaustionUsec(long headroomBytes)
    {
        if (BytesPerSecond == Quantity.Unknown)
            return Quantity.Unknown;
        if (BytesPerSecond >= 0)
            return Quantity.Unlimited;
        return PerSecond(Math.Max(headroomBytes, 0), -BytesPerSecond);
    }

    private long MedianSlope()
    {
        int n = 0;
        for (int i = 0; i < _count; i++)
        {
            for (int j = i + 1; j < _count; j++)
            {
                Insert(n++, PerSecond(_headroomBytes[j] - _headroomBytes[i], _timesUsec[j] - _timesUsec[i]));
            }
        }

        long[] slopes = _slopes;
        return n % 2 == 1 ? slopes[n / 2] : (slopes[(n / 2) - 1] / 2) + (slopes[n / 2] / 2);
    }

    /// <summary>Puts a slope where it belongs among those before it. The library's sorting allocates.</summary>
    private void Insert(int count, long slope)
    {
        int at = count;
        for (; at > 0 && _slopes[at - 1] > slope; at--)
            _slopes[at] = _slopes[at - 1];
        _slopes[at] = slope;
    }

    private static long PerSecond(long value, long by) => Quantity.Scale(value, 1_000_000, by);
}
