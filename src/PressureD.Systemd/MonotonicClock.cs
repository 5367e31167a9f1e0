using System;
using System.Diagnostics;

namespace PressureD.Systemd;

/// <summary>CLOCK_MONOTONIC in microseconds, the time of events, of sd-bus and of RELOADING=1.</summary>
public static class MonotonicClock
{
    /// <summary>The time now. On Linux the stopwatch counts nanoseconds of CLOCK_MONOTONIC.</summary>
    public static long NowUsec => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);

    /// <summary>What poll wants: milliseconds until a time, rounded up, 0 when it has passed, -1 for never.</summary>
    internal static int PollTimeoutMsec(long untilUsec, long nowUsec)
    {
        if (untilUsec == long.MaxValue)
        {
            return -1;
        }

        return untilUsec <= nowUsec ? 0 : (int)Math.Min((untilUsec - nowUsec + 999) / 1000, int.MaxValue);
    }
}
