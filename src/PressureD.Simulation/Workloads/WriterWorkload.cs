using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Workloads;

/// <summary>
/// Writes a file at a rate, slowed down while too much is dirty, and has it written to the disk every so often.
/// </summary>
public sealed class WriterWorkload : Workload
{
    private MemoryRegion _file = null!;
    private Rate _rate;
    private long _writtenPages;
    private long _syncsAtUsec = long.MaxValue;
    private bool _inSync;

    public required long BytesPerSecond { get; init; }

    /// <summary>From one fsync to the next; 0: never.</summary>
    public long SyncUsec { get; init; }

    /// <summary>Where it stops; 0: never.</summary>
    public long CeilingBytes { get; init; }

    /// <summary>Written so far, to the page cache.</summary>
    public long WrittenBytes => _writtenPages * Pages.Bytes;

    /// <summary>How often all was on the disk that had been written.</summary>
    public int Syncs { get; private set; }

    public override void Begin(SimulatedMachine machine, SimulatedProcess process)
    {
        _file = machine.MapRegion(process, RegionKind.File);
        _rate = new Rate(Pages.FromBytes(BytesPerSecond));
        if (SyncUsec > 0) _syncsAtUsec = process.StartUsec + SyncUsec;
    }

    public override void Tick(TaskTick task)
    {
        if (_inSync || task.NowUsec >= _syncsAtUsec)
        {
            Sync(task);
            if (_inSync) return;
        }

        var pages = _rate.Take(task.RemainingNsec / 1000);
        if (CeilingBytes > 0) pages = long.Min(pages, Pages.FromBytes(CeilingBytes) - _writtenPages);
        if (pages > 0) _writtenPages += task.Write(_file, pages);
    }

    private void Sync(TaskTick task)
    {
        task.Machine.StartWriteback(_file);
        _inSync = _file.DirtyPages + _file.WritebackPages > 0;
        if (_inSync)
        {
            task.Wait(task.RemainingNsec, 0, io: true);
            return;
        }

        Syncs++;
        _syncsAtUsec = task.NowUsec + SyncUsec;
    }
}
