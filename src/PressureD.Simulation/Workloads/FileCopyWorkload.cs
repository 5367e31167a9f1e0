using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Workloads;

/// <summary>Copies a file far larger than memory: reads in sequence, writes as much, uses nothing again.</summary>
public sealed class FileCopyWorkload : Workload
{
    private MemoryRegion _source = null!;
    private MemoryRegion _target = null!;
    private long _copiedPages;

    public required long SizeBytes { get; init; }

    /// <summary>Copied so far.</summary>
    public long CopiedBytes => _copiedPages * Pages.Bytes;

    public override void Begin(SimulatedMachine machine, SimulatedProcess process)
    {
        _source = machine.MapRegion(process, RegionKind.File);
        _target = machine.MapRegion(process, RegionKind.File);
    }

    public override void Tick(TaskTick task)
    {
        var total = Pages.FromBytes(SizeBytes);
        while (!task.Spent && _copiedPages < total)
        {
            var read = task.Stream(_source, long.Min(32, total - _copiedPages));
            _copiedPages += task.Write(_target, read);
            if (read == 0) return;
        }

        if (_copiedPages >= total) task.Machine.Exit(task.Process);
    }
}
