using PressureD.Core.Kernel;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Kernel;

/// <summary>A begun operation: one of the places before the two workers.</summary>
internal sealed class PendingOperation
{
    public required int Ticket { get; init; }
    public required BlockingOperation Operation { get; init; }

    /// <summary>The process of a handle, as it was when the operation was begun.</summary>
    public SimulatedProcess? Process { get; init; }

    /// <summary>The cgroup that is written to, as it was when it was begun; null for an absolute path.</summary>
    public SimulatedCgroup? Cgroup { get; init; }

    /// <summary>What is written to.</summary>
    public string Path { get; init; } = "";

    /// <summary>What is written.</summary>
    public string Value { get; init; } = "";

    public required long DurationUsec { get; init; }

    /// <summary>When a worker took it, or −1 while it is queued.</summary>
    public long StartedUsec { get; set; } = -1;

    public long EndsUsec => StartedUsec + DurationUsec;
    public bool Done { get; set; }
    public bool Reported { get; set; }
    public int Result { get; set; }
    public byte[] Output { get; set; } = [];
}
