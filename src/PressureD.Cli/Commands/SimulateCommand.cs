using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Threading;
using PressureD.Cli.Scenarios;
using PressureD.Core.Policy;
using PressureD.Simulation.Machine;
using PressureD.Simulation.ScenarioFiles;
using PressureD.Simulation.Scenarios;
using Spectre.Console;

namespace PressureD.Cli.Commands;

/// <summary>pressurectl simulate: shows one scenario.</summary>
internal static class SimulateCommand
{
    private const string Summary = """
        Shows a scenario on the simulated kernel, live on a terminal, as text in a pipe

        Nothing on this machine is touched. Exit status: 0 it was run, whatever came of it; 1 it could not be.
        """;

    internal static Command Create()
    {
        Argument<string> path = new("scenario") { Description = "A scenario file" };
        PathArgument.RefuseOptions(path);
        Option<string?> policy = new("--policy")
        {
            Description = $"By another policy than the scenario's: {NamedPolicy.Expected}", HelpName = "POLICY",
        };
        Option<string[]> compare = new("--compare")
        {
            Description = "Run it by each of these policies and tabulate what comes of it",
            HelpName = "POLICY",
            AllowMultipleArgumentsPerToken = true,
        };
        Option<long> seed = new("--seed")
        {
            Description = "Another seed: processes start up to a second later, and faults are others", HelpName = "N",
        };
        Option<int> seeds = new("--seeds")
        {
            Description = "With --compare: so many seeds", HelpName = "N", DefaultValueFactory = static _ => 1,
        };
        Option<int> speed = new("--speed")
        {
            Description = "On a terminal: so many times real time",
            HelpName = "N",
            DefaultValueFactory = static _ => 20,
        };
        Option<bool> json = new("--json")
        {
            Description = "Write samples and events as JSON, one object a line; with --compare, a line each policy",
        };
        Option<string?> html = new("--html") { Description = "Write a report with charts there", HelpName = "FILE" };
        policy.CompletionSources.Add(NamedPolicy.Names);
        compare.CompletionSources.Add(NamedPolicy.Names);
        PathArgument.RefuseEmpty(policy);
        PathArgument.RefuseEmpty(compare);
        PathArgument.RefuseEmpty(html);
        WholeNumber.Bound(seed, 1, WholeNumber.MostSeed);
        WholeNumber.Bound(seeds, 1);
        WholeNumber.Bound(speed, 1);

        Command command = new("simulate", Summary) { path, policy, compare, seed, seeds, speed, json, html };
        command.Validators.Add(result =>
        {
            if (result.GetResult(compare) is not { Implicit: false })
            {
                if (result.GetResult(seeds) is { Implicit: false })
                {
                    result.AddError("--seeds goes with --compare; --seed runs it by another one");
                }
            }
            else if (result.GetResult(policy) is { Implicit: false })
            {
                result.AddError("--policy does not go with --compare: name it there");
            }
            else if (result.GetResult(html) is { Implicit: false })
            {
                result.AddError("--html makes a report of one policy");
            }

            if (result.GetResult(speed) is { Implicit: false }
                && (result.GetResult(compare) is { Implicit: false } || result.GetResult(json) is { Implicit: false }))
            {
                result.AddError("--speed is that of the view on a terminal, without --json and --compare");
            }
        });
        command.SetAction(parsed =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output;
            TextWriter error = parsed.InvocationConfiguration.Error;
            ScenarioResult read = ScenarioFile.Read(parsed.GetValue(path)!);
            foreach (Diagnostic problem in read.Diagnostics)
            {
                error.WriteLine(problem);
            }

            if (read.Scenario is not { } scenario)
            {
                error.WriteLine("pressurectl: the scenario cannot be used");
                return ExitCode.Error;
            }

            ulong? chosen = parsed.GetValue(seed) > 0 ? (ulong)parsed.GetValue(seed) : null;
            using Interruption interruption = new();
            CancellationToken ending = interruption.Token;
            try
            {
                if (parsed.GetValue(compare) is { Length: > 0 } names)
                {
                    return Compare(
                        scenario, names, chosen, parsed.GetValue(seeds), parsed.GetValue(json), output, error, ending);
                }

                if (parsed.GetValue(policy) is { } name && !Use(ref scenario, name, error))
                {
                    return ExitCode.Error;
                }

                ScenarioReport report = parsed.GetValue(json)
                    ? Stream(scenario, chosen, output, ending)
                    : Show(scenario, chosen, parsed.GetValue(speed), output, ending);
                return parsed.GetValue(html) is not { } file
                    || ScenarioCharts.Of(report, chosen, ending).Write(file, error)
                    ? ExitCode.Success
                    : ExitCode.Error;
            }
            catch (OperationCanceledException)
            {
                error.WriteLine("pressurectl: interrupted");
                return ExitCode.Error;
            }
            catch (ArgumentException problem)
            {
                error.WriteLine(
                    $"pressurectl: the scenario cannot be set up: {NameText.Of(SetupProblem.Of(problem))}");
                return ExitCode.Error;
            }
        });
        return command;
    }

    private static bool Use(ref Scenario scenario, string name, TextWriter error)
    {
        if (!NamedPolicy.TryRead(name, error, out PolicySet? policy))
        {
            return false;
        }

        scenario = scenario with { Policy = policy, PolicyName = name };
        return true;
    }

    private static int Compare(
        Scenario scenario,
        string[] names,
        ulong? seed,
        int seeds,
        bool json,
        TextWriter output,
        TextWriter error,
        CancellationToken ending)
    {
        List<Scenario> all = [];
        foreach (string name in names)
        {
            Scenario by = scenario;
            if (!Use(ref by, name, error))
            {
                return ExitCode.Error;
            }

            all.Add(by);
        }

        ulong first = seed ?? scenario.Machine.Seed;
        List<PolicyComparison> compared = [];
        foreach (Scenario by in all)
        {
            compared.Add(new PolicyComparison(by.PolicyName, Enumerable.Range(0, seeds)
                .Select(index => new ScenarioRun(by, by.Policy, first + (ulong)index) { Ending = ending })
                .Select(run => Report(by, run.Run()))
                .ToList()));
            if (json)
            {
                output.Write(compared[^1].RenderJson());
            }
        }

        if (json)
        {
            return ExitCode.Success;
        }

        output.WriteLine(NameText.Of(scenario.Title));
        output.Write(PolicyComparison.Render(compared));
        return ExitCode.Success;
    }

    private static ScenarioReport Stream(
        Scenario scenario, ulong? seed, TextWriter output, CancellationToken ending)
    {
        ScenarioOutcome outcome = new ScenarioRun(scenario, scenario.Policy, seed)
        {
            TakeRow = row => output.Write(SampleJson.Render(row)),
            TakeEvent = happened => output.Write(SampleJson.Render(happened)),
            Ending = ending,
        }.Run();
        ScenarioReport report = Report(scenario, outcome);
        output.Write(SampleJson.Render(report));
        return report;
    }

    private static ScenarioReport Show(
        Scenario scenario, ulong? seed, int speed, TextWriter output, CancellationToken ending)
    {
        bool live = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        ScenarioOutcome outcome;
        if (live)
        {
            LiveView view = new(AnsiConsole.Console, scenario, scenario.PolicyName, speed, ending);
            outcome = view.Show((takeRow, takeEvent) => new ScenarioRun(scenario, scenario.Policy, seed)
            {
                RowUsec = 200_000, TakeRow = takeRow, TakeEvent = takeEvent, Ending = ending,
            }.Run());
        }
        else
        {
            output.WriteLine(NameText.Of(scenario.Title));
            output.WriteLine(ScenarioRow.Header);
            outcome = new ScenarioRun(scenario, scenario.Policy, seed)
            {
                TakeRow = output.WriteLine, TakeEvent = output.WriteLine, Ending = ending,
            }.Run();
        }

        ScenarioReport report = Report(scenario, outcome);
        output.WriteLine();
        output.Write(OutcomeText.Render(report));
        return report;
    }

    private static ScenarioReport Report(Scenario scenario, ScenarioOutcome outcome) =>
        new(scenario, scenario.PolicyName, outcome, ScenarioCheck.Of(scenario, outcome));
}
