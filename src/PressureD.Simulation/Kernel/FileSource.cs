using System;
using PressureD.Core.Kernel;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Kernel;

/// <summary>Where the content of a file comes from: the machine, a cgroup, a process, or a script alone.</summary>
internal sealed record FileSource
{
    public Action<ByteText>? Host { get; init; }
    public SimulatedCgroup? Cgroup { get; init; }
    public CgroupFile? CgroupFile { get; init; }
    public SimulatedProcess? Process { get; init; }

    /// <summary>Whose file of the process's threads: the main one's has its pid.</summary>
    public int Thread { get; init; }

    public ProcessFile ProcessFile { get; init; }
}
