using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Workloads;

/// <summary>
/// Fills a set of private memory, then touches it at random without end, as fast as it can or at a rate; and another
/// set, of which it seldom needs anything.
/// </summary>
public sealed class HotSetWorkload : Workload
{
    private MemoryRegion _region = null!;
    private MemoryRegion? _cold;
    private Rate _rate;
    private Rate _coldRate;
    private Rate _fillRate;

    public required long SizeBytes { get; init; }

    /// <summary>Touches per second of a process that never waits; 0: as fast as it can.</summary>
    public long TouchesPerSecond { get; init; }

    /// <summary>Size of the other set; 0: there is none.</summary>
    public long ColdBytes { get; init; }

    /// <summary>Touches per second of the other set; 0: never.</summary>
    public long ColdTouchesPerSecond { get; init; }

    /// <summary>
    /// Millionths of touches that write. What is only read keeps its copy on swap, and is thrown out again without
    /// being written.
    /// </summary>
    public long WriteMillionths { get; init; } = 1_000_000;

    /// <summary>How fast it is filled at first, by a process that never waits; 0: as fast as it can.</summary>
    public long FillBytesPerSecond { get; init; }

    /// <summary>Processor time of one touch of a resident page, with what is done with it.</summary>
    public long TouchNsec { get; init; } = 400;

    /// <summary>Waits so long before it begins.</summary>
    public long DelayUsec { get; init; }

    /// <summary>Touches done.</summary>
    public long Touches { get; private set; }

    /// <summary>Touches of the other set.</summary>
    public long ColdTouches { get; private set; }

    public override void Begin(SimulatedMachine machine, SimulatedProcess process)
    {
        _region = Map(machine, process);
        if (ColdBytes > 0) _cold = Map(machine, process);
        _rate = new Rate(TouchesPerSecond);
        _fillRate = new Rate(Pages.FromBytes(FillBytesPerSecond));
        _coldRate = new Rate(ColdTouchesPerSecond);
    }

    public override void Tick(TaskTick task)
    {
        if (task.NowUsec < task.Process.StartUsec + DelayUsec) return;
        if (Fill(task, _region, SizeBytes)) return;
        if (_cold is { } cold)
        {
            if (Fill(task, cold, ColdBytes)) return;
            ColdTouches += task.Touch(cold, _coldRate.Take(task.RemainingNsec / 1000), TouchNsec);
        }

        var touches = TouchesPerSecond == 0 ? long.MaxValue : _rate.Take(task.RemainingNsec / 1000);
        Touches += task.Touch(_region, touches, TouchNsec);
    }

    private MemoryRegion Map(SimulatedMachine machine, SimulatedProcess process)
    {
        var region = machine.MapRegion(process, RegionKind.Anon);
        region.WrittenShare = FixedPoint.Ratio(WriteMillionths, 1_000_000);
        return region;
    }

    /// <returns>Whether there was anything to fill.</returns>
    private bool Fill(TaskTick task, MemoryRegion region, long bytes)
    {
        var missing = Pages.FromBytes(bytes) - region.SizePages;
        if (missing <= 0) return false;
        if (FillBytesPerSecond > 0) missing = long.Min(missing, _fillRate.Take(task.RemainingNsec / 1000));
        task.Allocate(region, missing);
        return true;
    }
}
