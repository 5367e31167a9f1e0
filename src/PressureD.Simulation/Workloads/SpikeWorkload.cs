using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Workloads;

/// <summary>
/// Rises from what it always holds to a peak, holds that, falls back, and exits or begins again.
/// </summary>
public sealed class SpikeWorkload : Workload
{
    private MemoryRegion _region = null!;
    private long _beganUsec = -1;
    private long _reachedUsec;

    /// <summary>What it always holds.</summary>
    public long BaseBytes { get; init; }

    public required long PeakBytes { get; init; }

    /// <summary>Waits so long before it begins.</summary>
    public long DelayUsec { get; init; }

    /// <summary>Reaches the peak in so long; 0: as fast as the processor can.</summary>
    public long RiseUsec { get; init; }

    /// <summary>Holds the peak so long.</summary>
    public long HoldUsec { get; init; } = 5_000_000;

    /// <summary>Gives the memory back in so long; 0: at once.</summary>
    public long FallUsec { get; init; }

    /// <summary>From the beginning of one rise to the next, later when the machine was too slow; 0: it exits.</summary>
    public long PeriodUsec { get; init; }

    /// <summary>Peaks reached so far.</summary>
    public int Peaks { get; private set; }

    public override void Begin(SimulatedMachine machine, SimulatedProcess process) =>
        _region = machine.MapRegion(process, RegionKind.Anon);

    public override void Tick(TaskTick task)
    {
        var missing = Pages.FromBytes(BaseBytes) - _region.SizePages;
        if (missing > 0)
        {
            task.Allocate(_region, missing);
            return;
        }

        if (task.NowUsec < task.Process.StartUsec + DelayUsec) return;
        if (_beganUsec < 0) _beganUsec = task.NowUsec;
        if (_reachedUsec == 0)
        {
            Rise(task);
            if (_reachedUsec == 0) return;
        }

        if (task.NowUsec >= _reachedUsec + HoldUsec) Fall(task);
    }

    private void Rise(TaskTick task)
    {
        var peak = Pages.FromBytes(PeakBytes);
        var tickEndUsec = task.NowUsec + (task.RemainingNsec / 1000);
        var target = RiseUsec == 0 ? peak : Part(tickEndUsec - _beganUsec, RiseUsec);
        if (target > _region.SizePages)
        {
            task.Allocate(_region, target - _region.SizePages);
            if (RiseUsec == 0) return;
        }

        if (_region.SizePages < peak) return;
        _reachedUsec = task.NowUsec;
        Peaks++;
    }

    private void Fall(TaskTick task)
    {
        var sinceUsec = task.NowUsec - _reachedUsec - HoldUsec;
        var isOver = sinceUsec >= FallUsec;
        if (isOver && PeriodUsec == 0)
        {
            task.Machine.Exit(task.Process);
            return;
        }

        var target = isOver ? Pages.FromBytes(BaseBytes) : Part(FallUsec - sinceUsec, FallUsec);
        task.Machine.GiveBack(_region, _region.SizePages - target);
        if (!isOver || task.NowUsec < _beganUsec + PeriodUsec) return;
        _beganUsec = long.Max(_beganUsec + PeriodUsec, task.NowUsec - SimulatedMachine.TickUsec);
        _reachedUsec = 0;
    }

    private long Part(long usec, long wholeUsec)
    {
        var least = Pages.FromBytes(BaseBytes);
        var above = Pages.FromBytes(PeakBytes) - least;
        return least + FixedPoint.Part(above, long.Min(usec, wholeUsec), wholeUsec);
    }
}
