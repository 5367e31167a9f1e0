using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Workloads;

/// <summary>Reads pages of a set of files at random without end, as fast as it can or at a rate.</summary>
public sealed class CacheReaderWorkload : Workload
{
    private MemoryRegion region = null!;
    private Rate rate;

    public required long SizeBytes { get; init; }

    /// <summary>Reads per second of a process that never waits; 0: as fast as it can.</summary>
    public long ReadsPerSecond { get; init; }

    /// <summary>Processor time of one read of a cached page, with what is done with it.</summary>
    public long ReadNsec { get; init; } = 2_000;

    /// <summary>Reads done.</summary>
    public long Reads { get; private set; }

    public override void Begin(SimulatedMachine machine, SimulatedProcess process)
    {
        region = machine.MapRegion(process, RegionKind.File);
        region.SizePages = Pages.FromBytes(SizeBytes);
        rate = new Rate(ReadsPerSecond);
    }

    public override void Tick(TaskTick task)
    {
        var reads = ReadsPerSecond == 0 ? long.MaxValue : rate.Take(task.RemainingNsec / 1000);
        Reads += task.Touch(region, reads, ReadNsec);
    }
}
