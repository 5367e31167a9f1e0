using System;
using PressureD.Core.Durable;
using PressureD.Core.Incidents;
using PressureD.Core.Tests.Loop;

namespace PressureD.Core.Tests.Incidents;

/// <summary>The evidence has a fixed price.</summary>
[Collection(nameof(MeasuredCollection))]
public sealed class IncidentMemoryTests
{
    [Fact]
    public void Samples_pool_and_copies_fit_into_160_KiB()
    {
        var ledger = new RunLedger(new TestRunStore());
        long before = GC.GetAllocatedBytesForCurrentThread();
        var recorder = new IncidentRecorder(null!, null, null!, ledger, 1);
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        GC.KeepAlive(recorder);
        Assert.InRange(bytes, 64 * 1024, 160 * 1024);
    }
}
