using System;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Workloads;

namespace PressureD.Simulation.Scenarios;

/// <summary>A process, or several alike.</summary>
/// <param name="Name">What expectations call it; all of several have it.</param>
/// <param name="StartUsec">When the first one starts.</param>
/// <param name="Count">How many.</param>
/// <param name="EveryUsec">From one start to the next.</param>
/// <param name="Options">How it starts; in its comm and cgroup, {n} stands for which of several it is.</param>
/// <param name="Work">Makes what it does, or null: it sleeps.</param>
public sealed record ScenarioProcess(
    string Name,
    long StartUsec,
    int Count,
    long EveryUsec,
    ProcessOptions Options,
    Func<Workload>? Work);
