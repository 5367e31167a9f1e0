using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Kernel;

/// <summary>Something that the daemon did to the machine, successfully.</summary>
/// <param name="Cgroup">In which cgroup: the one written to, or the process's.</param>
/// <param name="Process">The process that was signalled, or null.</param>
/// <param name="Signal">The signal, or 0.</param>
/// <param name="File">The control file that was written, or null.</param>
/// <param name="Value">What was written, or null.</param>
public readonly record struct KernelAct(
    SimulatedCgroup Cgroup, SimulatedProcess? Process, int Signal, string? File, string? Value);
