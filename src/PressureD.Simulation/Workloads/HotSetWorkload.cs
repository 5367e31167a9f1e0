using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Workloads;

/// <summary>
/// Fills a set of private memory, then touches it at random without end, as fast as it can or at a rate.
/// </summary>
public sealed class HotSetWorkload : Workload
{
    private MemoryRegion _region = null!;
    private Rate _rate;
    private Rate _fillRate;
    private long _sizePages;

    public required long SizeBytes { get; init; }

    /// <summary>Touches per second of a process that never waits; 0: as fast as it can.</summary>
    public long TouchesPerSecond { get; init; }

    /// <summary>How fast it is filled at first, by a process that never waits; 0: as fast as it can.</summary>
    public long FillBytesPerSecond { get; init; }

    /// <summary>Processor time of one touch of a resident page, with what is done with it.</summary>
    public long TouchNsec { get; init; } = 400;

    /// <summary>Waits so long before it begins.</summary>
    public long DelayUsec { get; init; }

    /// <summary>Touches done.</summary>
    public long Touches { get; private set; }

    public override void Begin(SimulatedMachine machine, SimulatedProcess process)
    {
        _region = machine.MapRegion(process, RegionKind.Anon);
        _rate = new Rate(TouchesPerSecond);
        _fillRate = new Rate(Pages.FromBytes(FillBytesPerSecond));
        _sizePages = Pages.FromBytes(SizeBytes);
    }

    public override void Tick(TaskTick task)
    {
        if (task.NowUsec < task.Process.StartUsec + DelayUsec) return;
        if (_region.SizePages < _sizePages)
        {
            var missing = _sizePages - _region.SizePages;
            if (FillBytesPerSecond > 0) missing = long.Min(missing, _fillRate.Take(task.RemainingNsec / 1000));
            task.Allocate(_region, missing);
            return;
        }

        var touches = TouchesPerSecond == 0 ? long.MaxValue : _rate.Take(task.RemainingNsec / 1000);
        Touches += task.Touch(_region, touches, TouchNsec);
    }
}
