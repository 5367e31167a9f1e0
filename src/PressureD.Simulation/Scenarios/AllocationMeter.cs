using System;

namespace PressureD.Simulation.Scenarios;

/// <summary>
/// Tells what the daemon allocates from what those around it do, on one thread: whatever is none of the daemon's is put
/// between <see cref="Leave"/> and <see cref="Return"/>.
/// </summary>
internal sealed class AllocationMeter
{
    private long _others;

    /// <summary>What the daemon allocated so far, bytes; only differences mean something.</summary>
    public long OwnBytes => GC.GetAllocatedBytesForCurrentThread() - _others;

    /// <summary>The daemon calls somebody else.</summary>
    public static long Leave() => GC.GetAllocatedBytesForCurrentThread();

    /// <summary>And has its answer.</summary>
    /// <param name="left">From <see cref="Leave"/>.</param>
    public void Return(long left) => _others += GC.GetAllocatedBytesForCurrentThread() - left;
}
