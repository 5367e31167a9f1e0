namespace PressureD.Simulation.Machine;

/// <summary>Counters of memory.events.</summary>
public sealed class MemoryEvents
{
    public long Low;
    public long High;
    public long Max;
    public long Oom;
    public long OomKill;
    public long OomGroupKill;
}
