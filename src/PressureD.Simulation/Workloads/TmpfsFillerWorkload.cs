using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Workloads;

/// <summary>Writes files to a tmpfs: shared memory, which its death does not free.</summary>
public sealed class TmpfsFillerWorkload : Workload
{
    private MemoryRegion _region = null!;
    private Rate _rate;

    public required long BytesPerSecond { get; init; }
    public required long CeilingBytes { get; init; }

    public override void Begin(SimulatedMachine machine, SimulatedProcess process)
    {
        _region = machine.MapRegion(process, RegionKind.Shmem);
        _rate = new Rate(Pages.FromBytes(BytesPerSecond));
    }

    public override void Tick(TaskTick task)
    {
        var pages = _rate.Take(task.RemainingNsec / 1000);
        pages = long.Min(pages, Pages.FromBytes(CeilingBytes) - _region.SizePages);
        if (pages > 0) task.Allocate(_region, pages);
    }
}
