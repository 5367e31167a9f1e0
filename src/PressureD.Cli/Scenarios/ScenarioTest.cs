using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using PressureD.Simulation.ScenarioFiles;
using PressureD.Simulation.Scenarios;

namespace PressureD.Cli.Scenarios;

/// <summary>Runs one scenario file and compares what comes of it with what it expects.</summary>
internal static class ScenarioTest
{
    internal static ScenarioVerdict Run(string file)
    {
        long started = Stopwatch.GetTimestamp();
        ScenarioResult read = ScenarioFile.Read(file);
        if (read.Scenario is not { } scenario)
        {
            List<string> wrong = read.Diagnostics.Select(static problem => problem.Text).ToList();
            return new ScenarioVerdict(file, "", wrong, true, "", TimeSpan.Zero, Stopwatch.GetElapsedTime(started));
        }

        try
        {
            ScenarioOutcome outcome = new ScenarioRun(scenario, scenario.Policy).Run();
            IReadOnlyList<ScenarioFailure> failures = ScenarioCheck.Of(scenario, outcome);
            string timeline = failures.Count == 0 ? "" : ScenarioTimeline.Around(outcome, failures);
            return new ScenarioVerdict(
                file,
                scenario.Title,
                failures.Select(static failure => failure.Text).ToList(),
                failures.Any(static failure => failure.IsBroken),
                timeline,
                TimeSpan.FromMicroseconds(scenario.DurationUsec),
                Stopwatch.GetElapsedTime(started));
        }
        catch (ArgumentException problem)
        {
            string text = $"{file}: cannot be set up: {SetupProblem.Of(problem)}";
            return new ScenarioVerdict(
                file, scenario.Title, [text], true, "", TimeSpan.Zero, Stopwatch.GetElapsedTime(started));
        }
    }
}
