using System;

namespace PressureD.Core.Cgroups;

/// <summary>How fast one value of a cgroup rises, between looks that are some time apart.</summary>
internal struct RateMeter
{
    /// <summary>A shorter distance would measure the steps in which something rises rather than its pace.</summary>
    private const long MinSpanUsec = 200_000;

    private long _baseValue;
    private long _baseUsec;
    private long _perSecond;

    /// <summary>What was measured last, or up to 200 ms before that. 0: nothing yet.</summary>
    public readonly long LastValue => _baseValue;

    /// <summary>The rate that was measured last, for a look that could not read the value. Units a second.</summary>
    public readonly long LastPerSecond => _perSecond;

    /// <summary>The rate since the last look that is at least 200 ms back; 0 at the first. Units a second.</summary>
    public long Measure(long value, long nowUsec)
    {
        long elapsedUsec = nowUsec - _baseUsec;
        if (_baseUsec != 0 && elapsedUsec < MinSpanUsec)
            return _perSecond;
        if (_baseUsec != 0)
            _perSecond = (long)((Int128)(value - _baseValue) * 1_000_000 / elapsedUsec);
        _baseValue = value;
        _baseUsec = nowUsec;
        return _perSecond;
    }
}
