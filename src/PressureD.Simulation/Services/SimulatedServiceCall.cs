using PressureD.Core.Services;

namespace PressureD.Simulation.Services;

/// <summary>One request that a simulated service manager was given.</summary>
/// <param name="Usec">Since the simulation began.</param>
/// <param name="Kind">What was asked for.</param>
/// <param name="Unit">The unit.</param>
/// <param name="Command">The program and its arguments; empty for a unit's job.</param>
/// <param name="Environment">NAME=VALUE each.</param>
/// <param name="User">As whom; null: root.</param>
public sealed record SimulatedServiceCall(
    long Usec, ServiceJobKind Kind, string Unit, string[] Command, string[] Environment, string? User);
