using System;
using PressureD.Simulation.Faults;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Tests.Actions;

/// <summary>One read of a file ends early.</summary>
internal sealed class CutRead(string pathEnd, int number, int bytes) : IFaultPlan
{
    private int _reads;

    /// <summary>Whether it has come to that.</summary>
    public bool HasCut => _reads >= number;

    public Fault OnCall(in KernelCall call) =>
        call.Kind == KernelCallKind.Read && call.Path.EndsWith(pathEnd, StringComparison.Ordinal) && ++_reads == number
            ? new Fault { TruncateToBytes = bytes }
            : default;

    public WakeFault OnWake(long nowUsec) => default;

    public long StickUsec(SimulatedProcess victim) => 0;
}
