using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Workloads;

/// <summary>A child of <see cref="ForksWorkload"/>: takes its memory, forks in its turn or sleeps, and exits.</summary>
internal sealed class ForkedWorkload(ForksWorkload origin) : Workload
{
    private MemoryRegion _region = null!;
    private Rate _rate;

    public override void Begin(SimulatedMachine machine, SimulatedProcess process)
    {
        _region = machine.MapRegion(process, RegionKind.Anon);
        _rate = new Rate(origin.ForksPerSecond);
    }

    public override void Tick(TaskTick task)
    {
        var missing = Pages.FromBytes(origin.ChildBytes) - _region.SizePages;
        if (missing > 0) task.Allocate(_region, missing);
        if (origin.LifeUsec > 0 && task.NowUsec >= task.Process.StartUsec + origin.LifeUsec)
        {
            task.Machine.Exit(task.Process);
            return;
        }

        if (origin.IsBomb && missing <= 0) origin.Fork(task, ref _rate);
    }
}
