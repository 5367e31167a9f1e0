using PressureD.Simulation.Faults;
using PressureD.Simulation.Script;

namespace PressureD.Simulation.Kernel;

/// <summary>The daemon's place on a simulated machine, and what it may do there.</summary>
public sealed record SimulatedKernelOptions
{
    /// <summary>The daemon's own cgroup; it is made when it is missing.</summary>
    public string OwnCgroup { get; init; } = "/system.slice/pressured.service";

    public string OwnComm { get; init; } = "pressured";

    /// <summary>The daemon's pid, or 0 for the next one.</summary>
    public int OwnPid { get; init; }

    /// <summary>The daemon's user; 0 is root.</summary>
    public int OwnUid { get; init; }

    /// <summary>Private memory of the daemon.</summary>
    public long OwnBytes { get; init; } = 8L << 20;

    /// <summary>CAP_SYS_RESOURCE: trigger windows below 2 s.</summary>
    public bool ResourceCapability { get; init; } = true;

    /// <summary>CAP_KILL: signals to other users' processes.</summary>
    public bool KillCapability { get; init; } = true;

    /// <summary>CAP_SYS_ADMIN: trusted attributes.</summary>
    public bool AdminCapability { get; init; } = true;

    /// <summary>Whether the daemon takes itself to be inside a container.</summary>
    public bool Container { get; init; }

    /// <summary>
    /// From an event or deadline to the daemon's next step; null: 0.3 ms, longer the more tasks share a processor.
    /// </summary>
    public long? WakeLatencyUsec { get; init; } = 0;

    /// <summary>What reading the arguments of a process takes a worker.</summary>
    public long OperationUsec { get; init; } = 150;

    /// <summary>RLIMIT_NOFILE.</summary>
    public int DescriptorLimit { get; init; } = 4096;

    /// <summary>What goes wrong.</summary>
    public IFaultPlan Faults { get; init; } = NoFaults.Instance;

    /// <summary>Literal content laid over the machine's files.</summary>
    public ScriptedFiles Files { get; init; } = new();
}
