using System.Collections.Generic;

namespace PressureD.Simulation.Machine;

/// <summary>
/// The disk that files and swap share. Reads are synchronous, and their latency follows from how many tasks wait at
/// once; writes (swap-out, writeback) use what reads leave, at least a third.
/// </summary>
internal sealed class SimulatedDisk
{
    /// <summary>Swap-out stops beyond so many pages in flight: the queue is full.</summary>
    public const long MaxInFlightPages = 2048;

    private const long NsecPerSecond = 1_000_000_000;

    private readonly SimulatedMachine _machine;
    private readonly DiskOptions _options;
    private readonly Queue<Write> _writes = new();
    private Rate _capacity;
    private long _readsThisTick;
    private long _excessReads;
    private long _waitedNsecThisTick;
    private long _depth = FixedPoint.One;

    public SimulatedDisk(SimulatedMachine machine, DiskOptions options)
    {
        _machine = machine;
        _options = options;
        _capacity = new Rate(options.OperationsPerSecond);
    }

    /// <summary>Pages queued to be written.</summary>
    public long InFlightPages { get; private set; }

    public bool Busy => InFlightPages > 0;

    /// <summary>How long the disk takes for what is queued to be written, when it does nothing else.</summary>
    public long BacklogNsec =>
        InFlightPages * NsecPerSecond / (_options.OperationsPerSecond * _options.SwapClusterPages);

    /// <summary>
    /// Whether there is room to swap out; the last quarter is left to direct reclaim, so that kswapd does not shut it
    /// out.
    /// </summary>
    public bool TakesSwapFrom(bool kswapd) => InFlightPages < (kswapd ? MaxInFlightPages * 3 / 4 : MaxInFlightPages);

    /// <summary>Issues a read of one operation and says how long its reader waits.</summary>
    public long ReadNsec(SimulatedCgroup reader)
    {
        SimulatedMachine.CountDiskRead(reader);
        _readsThisTick++;
        var serviceNsec = NsecPerSecond / _options.OperationsPerSecond;

        // Reads have priority over writes, two to one.
        if (InFlightPages > 0) serviceNsec += serviceNsec / 2;
        var queued = FixedPoint.Multiply(serviceNsec, long.Max(FixedPoint.One, _depth));
        var waitNsec = (_options.ReadLatencyUsec * 1000) + queued + (_excessReads * serviceNsec);
        _waitedNsecThisTick += waitNsec;
        return waitNsec;
    }

    public void QueueWrite(MemoryRegion region, long pages, DiskWriteKind kind)
    {
        if (kind != DiskWriteKind.Zswap)
        {
            region.WritebackPages += pages;
            for (SimulatedCgroup? cgroup = region.Cgroup; cgroup is not null; cgroup = cgroup.Parent)
                cgroup.WritebackPages += pages;
        }

        _writes.Enqueue(new Write(region, pages, kind));
        InFlightPages += pages;
    }

    /// <summary>Completes what the device managed in a tick.</summary>
    public void EndTick(long tickNsec)
    {
        var operations = _capacity.Take(tickNsec / 1000);
        _excessReads = long.Max(0, _excessReads + _readsThisTick - operations);
        var writeOperations = long.Max(operations - _readsThisTick, (operations + 2) / 3);
        Complete(writeOperations);

        // How many wait at once is what they waited together; half of the old value steadies it.
        _depth = (_depth + FixedPoint.Ratio(_waitedNsecThisTick, tickNsec)) / 2;
        _depth = long.Min(_depth, 1024 * FixedPoint.One);
        _readsThisTick = 0;
        _waitedNsecThisTick = 0;
    }

    private void Complete(long operations)
    {
        while (operations > 0 && _writes.TryPeek(out var write))
        {
            long cluster = write.Kind == DiskWriteKind.File ? _options.WriteClusterPages : _options.SwapClusterPages;
            var done = long.Min(operations * cluster, write.Pages - write.Done);
            var needed = (done + cluster - 1) / cluster;
            SimulatedMachine.CountDiskWrites(write.Region.Cgroup, done, needed);
            _machine.CompleteWrite(write.Region, done, write.Kind);
            InFlightPages -= done;
            operations -= needed;
            write.Done += done;
            if (write.Done == write.Pages) _writes.Dequeue();
        }
    }

    private sealed class Write(MemoryRegion region, long pages, DiskWriteKind kind)
    {
        public MemoryRegion Region => region;
        public long Pages => pages;
        public DiskWriteKind Kind => kind;
        public long Done { get; set; }
    }
}
