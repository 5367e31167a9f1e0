namespace PressureD.Simulation.Scenarios;

/// <summary>The daemon wrote or signalled in a cgroup.</summary>
/// <param name="Cgroup">Its path, with a leading slash.</param>
/// <param name="Usec">When, since the beginning.</param>
public readonly record struct ScenarioTouch(string Cgroup, long Usec);
