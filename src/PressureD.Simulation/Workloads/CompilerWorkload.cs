using System;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Workloads;

/// <summary>One compiler: memory grows with the processor time that it has used.</summary>
internal sealed class CompilerWorkload(long bytes, long cpuUsec, Action<bool> ended) : Workload
{
    private const long StepNsec = 1_000_000;

    private MemoryRegion _region = null!;

    public override void Begin(SimulatedMachine machine, SimulatedProcess process) =>
        _region = machine.MapRegion(process, RegionKind.Anon);

    public override void Tick(TaskTick task)
    {
        while (!task.Spent)
        {
            task.Run(StepNsec);
            var due = Pages.FromBytes(bytes) * (task.Process.RunNsec / 1000) / long.Max(1, cpuUsec);
            due = long.Min(due, Pages.FromBytes(bytes));
            if (due > _region.SizePages) task.Allocate(_region, due - _region.SizePages);
            if (task.Process.RunNsec / 1000 < cpuUsec) continue;
            task.Machine.Exit(task.Process);
            return;
        }
    }

    public override void End(SimulatedMachine machine, SimulatedProcess process) =>
        ended(process.EndedBySignal == 0);
}
