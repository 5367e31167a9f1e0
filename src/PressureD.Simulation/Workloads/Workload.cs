using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Workloads;

/// <summary>
/// What a process does: a demand that it works through tick by tick. One object drives one process. A process that
/// waits issues less, so demand and pressure close a loop.
/// </summary>
public abstract class Workload
{
    /// <summary>The process has started: map what it uses.</summary>
    public virtual void Begin(SimulatedMachine machine, SimulatedProcess process)
    {
    }

    /// <summary>One tick, as far as the process is not still waiting.</summary>
    public abstract void Tick(TaskTick task);

    /// <summary>The process has ended.</summary>
    public virtual void End(SimulatedMachine machine, SimulatedProcess process)
    {
    }
}
