using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Workloads;

/// <summary>Copies a file far larger than memory: reads in sequence, writes as much, uses nothing again.</summary>
public sealed class FileCopyWorkload : Workload
{
    private MemoryRegion source = null!;
    private MemoryRegion target = null!;
    private long copiedPages;

    public required long SizeBytes { get; init; }

    /// <summary>Copied so far.</summary>
    public long CopiedBytes => copiedPages * Pages.Bytes;

    public override void Begin(SimulatedMachine machine, SimulatedProcess process)
    {
        source = machine.MapRegion(process, RegionKind.File);
        target = machine.MapRegion(process, RegionKind.File);
    }

    public override void Tick(TaskTick task)
    {
        var total = Pages.FromBytes(SizeBytes);
        while (!task.Spent && copiedPages < total)
        {
            var read = task.Stream(source, long.Min(32, total - copiedPages));
            copiedPages += task.Write(target, read);
            if (read == 0) return;
        }

        if (copiedPages >= total) task.Machine.Exit(task.Process);
    }
}
