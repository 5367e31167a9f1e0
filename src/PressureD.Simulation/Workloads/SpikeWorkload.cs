using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Workloads;

/// <summary>Allocates as fast as the processor can, holds, and exits.</summary>
public sealed class SpikeWorkload : Workload
{
    private MemoryRegion _region = null!;
    private long _reachedUsec;

    public required long PeakBytes { get; init; }

    /// <summary>Waits so long before it begins.</summary>
    public long DelayUsec { get; init; }

    /// <summary>Holds the peak so long, then exits.</summary>
    public long HoldUsec { get; init; } = 5_000_000;

    public override void Begin(SimulatedMachine machine, SimulatedProcess process) =>
        _region = machine.MapRegion(process, RegionKind.Anon);

    public override void Tick(TaskTick task)
    {
        if (task.NowUsec < task.Process.StartUsec + DelayUsec) return;
        var missing = Pages.FromBytes(PeakBytes) - _region.SizePages;
        if (missing > 0)
        {
            task.Allocate(_region, missing);
            return;
        }

        if (_reachedUsec == 0) _reachedUsec = task.NowUsec;
        if (task.NowUsec >= _reachedUsec + HoldUsec) task.Machine.Exit(task.Process);
    }
}
