using System.Collections.Generic;
using PressureD.Simulation.Scenarios;

namespace PressureD.Cli.Scenarios;

/// <summary>One run of a scenario and how it compares with what was expected.</summary>
/// <param name="Scenario">What was run.</param>
/// <param name="Policy">By what the daemon acted, in words.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Failures">What was not as expected.</param>
internal sealed record ScenarioReport(
    Scenario Scenario, string Policy, ScenarioOutcome Outcome, IReadOnlyList<ScenarioFailure> Failures);
