using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Workloads;

/// <summary>Reads pages of a set of files at random without end, as fast as it can or at a rate.</summary>
public sealed class CacheReaderWorkload : Workload
{
    private MemoryRegion _region = null!;
    private Rate _rate;

    public required long SizeBytes { get; init; }

    /// <summary>Reads per second of a process that never waits; 0: as fast as it can.</summary>
    public long ReadsPerSecond { get; init; }

    /// <summary>Processor time of one read of a cached page, with what is done with it.</summary>
    public long ReadNsec { get; init; } = 2_000;

    /// <summary>Its files are cached when it starts.</summary>
    public bool StartsCached { get; init; }

    /// <summary>Reads done.</summary>
    public long Reads { get; private set; }

    public override void Begin(SimulatedMachine machine, SimulatedProcess process)
    {
        _region = machine.MapRegion(process, RegionKind.File);
        _region.SizePages = Pages.FromBytes(SizeBytes);
        _region.TouchesPerSecond = ReadsPerSecond;
        _rate = new Rate(ReadsPerSecond);
        if (StartsCached) machine.Fill(_region, _region.SizePages);
    }

    public override void Tick(TaskTick task)
    {
        var reads = ReadsPerSecond == 0 ? long.MaxValue : _rate.Take(task.RemainingNsec / 1000);
        Reads += task.Touch(_region, reads, ReadNsec);
    }
}
