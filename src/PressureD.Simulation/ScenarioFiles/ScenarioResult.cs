using System.Collections.Generic;
using PressureD.Core.Policy;
using PressureD.Simulation.Scenarios;

namespace PressureD.Simulation.ScenarioFiles;

/// <summary>What reading a scenario gave.</summary>
/// <param name="Scenario">Null when there was any error.</param>
/// <param name="Diagnostics">Errors and warnings, by place.</param>
public sealed record ScenarioResult(Scenario? Scenario, IReadOnlyList<Diagnostic> Diagnostics);
