using System.Collections.Generic;

namespace PressureD.Simulation.Machine;

/// <summary>
/// The disk that files and swap share. Reads are synchronous, and their latency follows from how many tasks wait at once;
/// writes (swap-out, writeback) use what reads leave, at least a third.
/// </summary>
internal sealed class SimulatedDisk
{
    /// <summary>Swap-out stops beyond so many pages in flight: the queue is full.</summary>
    public const long MaxInFlightPages = 2048;

    private const long NsecPerSecond = 1_000_000_000;

    private readonly SimulatedMachine machine;
    private readonly DiskOptions options;
    private readonly Queue<Write> writes = new();
    private Rate capacity;
    private long readsThisTick;
    private long excessReads;
    private long waitedNsecThisTick;
    private long depth = FixedPoint.One;

    public SimulatedDisk(SimulatedMachine machine, DiskOptions options)
    {
        this.machine = machine;
        this.options = options;
        capacity = new Rate(options.OperationsPerSecond);
    }

    /// <summary>Pages queued to be written.</summary>
    public long InFlightPages { get; private set; }

    public bool SwapQueueFull => InFlightPages >= MaxInFlightPages;

    public bool Busy => InFlightPages > 0;

    /// <summary>Issues a read of one operation and says how long its reader waits.</summary>
    public long ReadNsec()
    {
        readsThisTick++;
        var serviceNsec = NsecPerSecond / options.OperationsPerSecond;

        // Reads have priority over writes, two to one.
        if (InFlightPages > 0) serviceNsec += serviceNsec / 2;
        var queued = FixedPoint.Multiply(serviceNsec, long.Max(FixedPoint.One, depth));
        var waitNsec = (options.ReadLatencyUsec * 1000) + queued + (excessReads * serviceNsec);
        waitedNsecThisTick += waitNsec;
        return waitNsec;
    }

    public void QueueWrite(MemoryRegion region, long pages, bool swap)
    {
        region.WritebackPages += pages;
        for (SimulatedCgroup? cgroup = region.Cgroup; cgroup is not null; cgroup = cgroup.Parent)
            cgroup.WritebackPages += pages;
        writes.Enqueue(new Write(region, pages, swap));
        InFlightPages += pages;
    }

    /// <summary>Completes what the device managed in a tick.</summary>
    public void EndTick(long tickNsec)
    {
        var operations = capacity.Take(tickNsec / 1000);
        excessReads = long.Max(0, excessReads + readsThisTick - operations);
        var writeOperations = long.Max(operations - readsThisTick, (operations + 2) / 3);
        Complete(writeOperations);

        // How many wait at once is what they waited together; half of the old value steadies it.
        depth = (depth + FixedPoint.Ratio(waitedNsecThisTick, tickNsec)) / 2;
        depth = long.Min(depth, 1024 * FixedPoint.One);
        readsThisTick = 0;
        waitedNsecThisTick = 0;
    }

    private void Complete(long operations)
    {
        while (operations > 0 && writes.TryPeek(out var write))
        {
            long cluster = write.Swap ? options.SwapClusterPages : options.WriteClusterPages;
            var done = long.Min(operations * cluster, write.Pages - write.Done);
            machine.CompleteWrite(write.Region, done, write.Swap);
            InFlightPages -= done;
            operations -= (done + cluster - 1) / cluster;
            write.Done += done;
            if (write.Done == write.Pages) writes.Dequeue();
        }
    }

    private sealed class Write(MemoryRegion region, long pages, bool swap)
    {
        public MemoryRegion Region => region;
        public long Pages => pages;
        public bool Swap => swap;
        public long Done { get; set; }
    }
}
