using System;
using System.Collections.Generic;
using PressureD.Core.Policy;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Script;

namespace PressureD.Simulation.Scenarios;

/// <summary>
/// A machine, what happens on it, and what must come of it. It can be run any number of times: every run makes its own
/// machine.
/// </summary>
public sealed record Scenario
{
    /// <summary>The file it was read from, or another name.</summary>
    public required string Name { get; init; }

    /// <summary>What it shows, in one line.</summary>
    public required string Title { get; init; }

    public required MachineOptions Machine { get; init; }

    public required long DurationUsec { get; init; }

    /// <summary>Cgroups that are there from the start, beyond those that processes need.</summary>
    public IReadOnlyList<ScenarioCgroup> Cgroups { get; init; } = [];

    public IReadOnlyList<ScenarioProcess> Processes { get; init; } = [];

    /// <summary>What else happens, each to be told to a machine that is being written down.</summary>
    public IReadOnlyList<Action<ScenarioStage, ScriptedMachine>> Script { get; init; } = [];

    public ScenarioFaults Faults { get; init; } = new();

    /// <summary>The daemon's place on the machine. Its faults and literal files are the run's own.</summary>
    public SimulatedKernelOptions Daemon { get; init; } = new();

    public bool DryRun { get; init; }

    /// <summary>By what the daemon acts; null: there is no daemon.</summary>
    public PolicySet? Policy { get; init; }

    /// <summary>The policy in words: "shipped", a file's name.</summary>
    public string PolicyName { get; init; } = "none";

    public Expectations Expect { get; init; } = new();
}
