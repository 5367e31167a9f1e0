using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Faults;

/// <summary>Nothing goes wrong.</summary>
public sealed class NoFaults : IFaultPlan
{
    public static NoFaults Instance { get; } = new();

    public Fault OnCall(in KernelCall call) => default;

    public WakeFault OnWake(long nowUsec) => default;

    public long StickUsec(SimulatedProcess victim) => 0;
}
