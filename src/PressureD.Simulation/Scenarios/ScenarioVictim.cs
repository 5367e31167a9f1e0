using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Scenarios;

/// <summary>Somebody whom the daemon signalled.</summary>
/// <param name="Process">Who.</param>
/// <param name="Name">What the scenario calls it.</param>
/// <param name="Cgroup">Where it was then.</param>
/// <param name="SignalUsec">The first signal, since the beginning.</param>
/// <param name="Signal">Which.</param>
public sealed record ScenarioVictim(
    SimulatedProcess Process, string Name, string Cgroup, long SignalUsec, int Signal)
{
    /// <summary>The latest signal.</summary>
    public int LastSignal { get; internal set; } = Signal;

    /// <summary>The rule that took it, as far as the daemon said.</summary>
    public string? Rule { get; internal set; }

    /// <summary>What it held in memory when it was signalled, in bytes.</summary>
    public required long HeldBytes { get; init; }
}
