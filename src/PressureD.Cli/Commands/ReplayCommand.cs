using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Threading;
using PressureD.Cli.Recordings;
using PressureD.Cli.Scenarios;
using PressureD.Core.Policy;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Recordings;
using PressureD.Simulation.ScenarioFiles;
using PressureD.Simulation.Scenarios;

namespace PressureD.Cli.Commands;

/// <summary>pressurectl replay: what a policy would have done on a machine that was recorded.</summary>
internal static class ReplayCommand
{
    private const string Summary = """
        Shows what a policy would have done on a machine that was recorded

        The daemon's own code decides, on what the recording says at each moment. Up to the first act that is what
        would have happened. After it, the recording shows a machine on which that act did not happen: a process that
        the policy ended is gone from then on and what it holds in the recording counts as free, while pressure and
        everything else stay as they were recorded.

        Exit status: 0 it was replayed, whatever came of it; 1 it could not be.
        """;

    internal static Command Create()
    {
        Argument<string> path = new("FILE") { Description = "A file that pressurectl record has written" };
        PathArgument.RefuseOptions(path);
        Option<string[]> policies = new("--policy", "-p")
        {
            Description = $"By this policy, or several for a table: {NamedPolicy.Expected}; else shipped",
            HelpName = "POLICY",
            AllowMultipleArgumentsPerToken = true,
        };
        policies.CompletionSources.Add(NamedPolicy.Names);
        PathArgument.RefuseEmpty(policies);
        Option<bool> json = new("--json") { Description = "Write samples and events as JSON, one object a line" };

        Option<string?> html = new("--html") { Description = "Write a report with charts there", HelpName = "FILE" };
        PathArgument.RefuseEmpty(html);

        Command command = new("replay", Summary) { path, policies, json, html };
        command.Validators.Add(result =>
        {
            if (result.GetResult(html) is { Implicit: false } && result.GetResult(policies) is { Tokens.Count: > 1 })
            {
                result.AddError("--html makes a report of one policy");
            }
        });
        command.SetAction(parsed => Run(
            parsed.GetValue(path)!,
            parsed.GetValue(policies) is { Length: > 0 } names ? names : [PolicyNames.Shipped],
            parsed.GetValue(json),
            parsed.GetValue(html),
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(
        string path, string[] names, bool json, string? html, TextWriter output, TextWriter error)
    {
        List<(string Name, PolicySet? Policy)> policies = [];
        foreach (string name in names)
        {
            if (!NamedPolicy.TryRead(name, error, out PolicySet? policy))
            {
                return ExitCode.Error;
            }

            policies.Add((name, policy));
        }

        using Interruption interruption = new();
        CancellationToken ending = interruption.Token;
        try
        {
            RecordingReader reader = new(path);
            Recording recording = new(reader.Frames);
            List<(string Policy, ScenarioOutcome Outcome)> outcomes = [];
            if (!json)
            {
                output.Write(ReplayText.Head(path, recording.Summary, reader));
            }

            foreach ((string name, PolicySet? policy) in policies)
            {
                Scenario scenario = recording.ToScenario(path, policy, name);
                outcomes.Add((name, json ? Stream(scenario, output, ending)
                    : policies.Count > 1 ? new ScenarioRun(scenario, policy) { Ending = ending }.Run()
                    : Show(scenario, recording.Summary, output, ending)));
            }

            if (!json)
            {
                output.WriteLine();
                output.Write(ReplayText.Table(outcomes, recording.Summary));
            }

            if (html is null)
            {
                return ExitCode.Success;
            }

            Scenario charted = recording.ToScenario(path, policies[0].Policy, names[0]);
            ScenarioReport report = new(charted, charted.PolicyName, outcomes[0].Outcome, []);
            return ScenarioCharts.Of(report, ending: ending).Write(html, error) ? ExitCode.Success : ExitCode.Error;
        }
        catch (OperationCanceledException)
        {
            error.WriteLine("pressurectl: interrupted");
            return ExitCode.Error;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or FormatException)
        {
            error.WriteLine($"pressurectl: {NameText.Of(path)} cannot be replayed: {FileProblem.Of(path, problem)}");
            return ExitCode.Error;
        }
    }

    private static ScenarioOutcome Stream(Scenario scenario, TextWriter output, CancellationToken ending)
    {
        ScenarioOutcome outcome = new ScenarioRun(scenario, scenario.Policy)
        {
            TakeRow = row => output.Write(SampleJson.Render(row, scenario.PolicyName)),
            TakeEvent = happened => output.Write(SampleJson.Render(happened, scenario.PolicyName)),
            Ending = ending,
        }.Run();
        output.Write(SampleJson.Render(new ScenarioReport(scenario, scenario.PolicyName, outcome, [])));
        return outcome;
    }

    private static ScenarioOutcome Show(
        Scenario scenario, RecordingSummary recorded, TextWriter output, CancellationToken ending)
    {
        output.WriteLine($"by the policy {NameText.Of(scenario.PolicyName)}:");
        return new ScenarioRun(scenario, scenario.Policy)
        {
            TakeEvent = happened => output.WriteLine(ReplayText.Line(happened, recorded)),
            Ending = ending,
        }.Run();
    }
}
