using System;
using PressureD.Core.Incidents;

namespace PressureD.Core.Tests.Incidents;

/// <summary>The evidence has a fixed price.</summary>
public sealed class IncidentMemoryTests
{
    [Fact]
    public void Samples_and_pool_fit_into_128_KiB()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var recorder = new IncidentRecorder(null!, null, null!, 1);
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        GC.KeepAlive(recorder);
        Assert.InRange(bytes, 64 * 1024, 128 * 1024);
    }
}
