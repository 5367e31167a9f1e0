using PressureD.Simulation.Machine;
using PressureD.Simulation.Pressure;

namespace PressureD.Simulation.Kernel;

/// <summary>What a descriptor stands for.</summary>
internal abstract class Held
{
    public required string Path { get; init; }

    public bool Watched { get; set; }

    public sealed class Directory : Held
    {
        public required SimulatedCgroup Cgroup { get; init; }
    }

    public sealed class Process : Held
    {
        public required SimulatedProcess Target { get; init; }
    }

    public sealed class File : Held
    {
        public required FileSource Source { get; init; }

        /// <summary>Version of cgroup.events that was last read.</summary>
        public long SeenVersion { get; set; }
    }

    public sealed class Trigger : Held
    {
        public required PsiTrigger Psi { get; init; }
        public required SimulatedCgroup Cgroup { get; init; }
        public required FileSource Source { get; init; }
    }
}
