using PressureD.Simulation.Faults;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>Nothing goes wrong; calls are counted.</summary>
internal sealed class CountedCalls : IFaultPlan
{
    public long Count { get; private set; }

    public void Reset() => Count = 0;

    public Fault OnCall(in KernelCall call)
    {
        Count++;
        return default;
    }

    public WakeFault OnWake(long nowUsec) => default;

    public long StickUsec(SimulatedProcess victim) => 0;
}
