namespace PressureD.Simulation.Faults;

/// <summary>What goes wrong with waking up. The default: nothing.</summary>
/// <param name="LateUsec">The daemon gets a processor so much later; the machine goes on meanwhile.</param>
/// <param name="ClockGapUsec">The clock jumps ahead so far while nothing happens: the virtual machine was
/// paused.</param>
public readonly record struct WakeFault(long LateUsec, long ClockGapUsec);
