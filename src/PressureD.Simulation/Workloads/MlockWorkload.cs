using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Workloads;

/// <summary>Allocates memory that is locked: no reclaim takes it, only the end of the process gives it back.</summary>
public sealed class MlockWorkload : Workload
{
    private MemoryRegion _region = null!;
    private Rate _fillRate;

    public required long SizeBytes { get; init; }

    /// <summary>How fast it is filled, by a process that never waits; 0: as fast as it can.</summary>
    public long FillBytesPerSecond { get; init; }

    public override void Begin(SimulatedMachine machine, SimulatedProcess process)
    {
        _region = machine.MapLocked(process);
        _fillRate = new Rate(Pages.FromBytes(FillBytesPerSecond));
    }

    public override void Tick(TaskTick task)
    {
        var missing = Pages.FromBytes(SizeBytes) - _region.SizePages;
        if (FillBytesPerSecond > 0) missing = long.Min(missing, _fillRate.Take(task.RemainingNsec / 1000));
        if (missing > 0) task.Allocate(_region, missing);
    }
}
