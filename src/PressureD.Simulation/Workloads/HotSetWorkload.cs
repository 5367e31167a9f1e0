using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Workloads;

/// <summary>Fills a set of private memory, then touches it at random without end, as fast as it can or at a rate.</summary>
public sealed class HotSetWorkload : Workload
{
    private MemoryRegion region = null!;
    private Rate rate;
    private long sizePages;

    public required long SizeBytes { get; init; }

    /// <summary>Touches per second of a process that never waits; 0: as fast as it can.</summary>
    public long TouchesPerSecond { get; init; }

    /// <summary>Processor time of one touch of a resident page, with what is done with it.</summary>
    public long TouchNsec { get; init; } = 400;

    /// <summary>Waits so long before it begins.</summary>
    public long DelayUsec { get; init; }

    /// <summary>Touches done.</summary>
    public long Touches { get; private set; }

    public override void Begin(SimulatedMachine machine, SimulatedProcess process)
    {
        region = machine.MapRegion(process, RegionKind.Anon);
        rate = new Rate(TouchesPerSecond);
        sizePages = Pages.FromBytes(SizeBytes);
    }

    public override void Tick(TaskTick task)
    {
        if (task.NowUsec < task.Process.StartUsec + DelayUsec) return;
        if (region.SizePages < sizePages)
        {
            task.Allocate(region, sizePages - region.SizePages);
            return;
        }

        var touches = TouchesPerSecond == 0 ? long.MaxValue : rate.Take(task.RemainingNsec / 1000);
        Touches += task.Touch(region, touches, TouchNsec);
    }
}
