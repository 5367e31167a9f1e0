namespace PressureD.Simulation.Machine;

/// <summary>What memory.swap.events counts.</summary>
public sealed class SwapEvents
{
    /// <summary>Allocations over memory.swap.high.</summary>
    public long High { get; internal set; }

    /// <summary>Pages that memory.swap.max kept from swap.</summary>
    public long Max { get; internal set; }

    /// <summary>Pages that found no place on swap, for whatever reason.</summary>
    public long Fail { get; internal set; }
}
