using PressureD.Simulation.Pressure;

namespace PressureD.Simulation.Machine;

/// <summary>Stall that is added to a cgroup in every tick.</summary>
/// <param name="Cgroup">Whose pressure; the root's is the machine's.</param>
/// <param name="State">Which line.</param>
/// <param name="TickNsec">How much in each tick.</param>
internal readonly record struct ImposedStall(SimulatedCgroup Cgroup, PsiState State, long TickNsec);
