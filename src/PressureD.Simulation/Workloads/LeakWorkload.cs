using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Workloads;

/// <summary>Allocates private memory at a constant rate, touches it once, and never gives it back.</summary>
public sealed class LeakWorkload : Workload
{
    // It allocates evenly over a tick: all at once would have it wait for the rest of every tick.
    private const long SliceUsec = SimulatedMachine.TickUsec / 8;

    private MemoryRegion _region = null!;
    private Rate _rate;

    public required long BytesPerSecond { get; init; }

    /// <summary>Where it stops and holds what it has; 0: never.</summary>
    public long CeilingBytes { get; init; }

    /// <summary>Waits so long before it begins.</summary>
    public long DelayUsec { get; init; }

    public override void Begin(SimulatedMachine machine, SimulatedProcess process)
    {
        _region = machine.MapRegion(process, RegionKind.Anon);
        _rate = new Rate(Pages.FromBytes(BytesPerSecond));
    }

    public override void Tick(TaskTick task)
    {
        if (task.NowUsec < task.Process.StartUsec + DelayUsec) return;
        while (!task.Spent)
        {
            var sliceEndUsec = task.NowUsec + SliceUsec;
            var pages = _rate.Take(SliceUsec);
            if (CeilingBytes > 0) pages = long.Min(pages, Pages.FromBytes(CeilingBytes) - _region.SizePages);
            if (pages <= 0 && CeilingBytes > 0 && _region.SizePages >= Pages.FromBytes(CeilingBytes)) return;
            if (pages > 0) task.Allocate(_region, pages);
            task.SleepUntil(sliceEndUsec);
        }
    }
}
