using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Text;
using PressureD.Cli.Scenarios;
using PressureD.Core.Policy;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Scenarios;
using PressureD.Yaml;

namespace PressureD.Cli.Commands;

/// <summary>pressurectl demo: a simulated machine in trouble, with the kernel alone and with PressureD.</summary>
internal static class DemoCommand
{
    private const string Summary = """
        Shows PressureD on a simulated machine, in no time and without any risk

        A machine with 1 GiB of memory runs into trouble twice: first with the kernel alone, then with the daemon's
        own loop and a policy. Nothing on this machine is touched.
        """;

    internal static Command Create()
    {
        Argument<DemoScenario?> scenario = new("scenario")
        {
            Description = DescribeScenarios(),
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = static result =>
            {
                string name = result.Tokens[0].Value;
                foreach (DemoScenario candidate in DemoScenario.All)
                {
                    if (candidate.Name == name)
                    {
                        return candidate;
                    }
                }

                result.AddError($"there is no scenario \"{name}\"; there are {Names()}");
                return null;
            },
        };
        scenario.CompletionSources.Add([.. DemoScenario.All.Select(static one => one.Name)]);
        Option<string?> policy = new("--policy")
        {
            Description = "A policy file or directory; left out, the shipped policy",
            HelpName = "PATH",
        };
        PathArgument.RefuseEmpty(policy);
        Option<bool> only = new("--no-comparison") { Description = "Leave out the run with the kernel alone" };
        Option<bool> json = new("--json") { Description = "Write samples and events as JSON, one object a line" };
        Command command = new("demo", Summary) { scenario, policy, only, json };
        command.SetAction(parsed => Run(
            parsed.GetValue(scenario) ?? DemoScenario.All[0],
            parsed.GetValue(policy),
            parsed.GetValue(only),
            parsed.GetValue(json),
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(
        DemoScenario scenario, string? path, bool only, bool json, TextWriter output, TextWriter error)
    {
        PolicyResult read = path is null ? Shipped() : PolicyFiles.Read(path);
        foreach (Diagnostic problem in read.Diagnostics)
        {
            error.WriteLine(problem);
        }

        if (read.Policy is not { } policy)
        {
            error.WriteLine("pressurectl: the policy cannot be used");
            return ExitCode.Error;
        }

        if (json)
        {
            foreach (bool guarded in (bool[])(only ? [true] : [false, true]))
            {
                output.Write(DemoJson.Render(guarded, Run(Stream(scenario, guarded, output), guarded ? policy : null)));
            }

            return ExitCode.Success;
        }

        output.WriteLine(scenario.Title);
        DemoOutcome? alone = null;
        if (!only)
        {
            output.WriteLine();
            output.WriteLine("The kernel alone");
            alone = Run(Show(scenario, output), policy: null);
        }

        output.WriteLine();
        output.WriteLine($"With PressureD, by {(path is null ? "the shipped policy" : NameText.Of(path))}");
        DemoOutcome guardedOutcome = Run(Show(scenario, output), policy);
        output.WriteLine();
        output.Write(Verdict(alone, guardedOutcome));
        return ExitCode.Success;
    }

    /// <param name="run">Not begun yet.</param>
    /// <param name="policy">By which the daemon guards; null: the kernel alone.</param>
    private static DemoOutcome Run(DemoRun run, PolicySet? policy)
    {
        if (policy is null)
        {
            return run.Run(step: null);
        }

        using SimulatedDaemon daemon = new(run.Kernel, policy, run.Note);
        return run.Run(daemon.Step);
    }

    private static DemoRun Stream(DemoScenario scenario, bool guarded, TextWriter output) => new(scenario)
    {
        TakeRow = row => output.Write(DemoJson.Render(guarded, row)),
        TakeEvent = happened => output.Write(DemoJson.Render(guarded, happened)),
    };

    private static DemoRun Show(DemoScenario scenario, TextWriter output)
    {
        output.WriteLine(DemoRow.Header);
        return new DemoRun(scenario)
        {
            TakeRow = output.WriteLine,
            TakeEvent = happened => output.WriteLine(
                $"{happened.Usec / 1_000_000,5}.{happened.Usec / 10_000 % 100:D2} s  > "
                + (happened.Source == ScenarioSource.Process ? "" : $"{happened.Speaker}: ") + happened.Text),
        };
    }

    private static string Verdict(DemoOutcome? alone, DemoOutcome guarded)
    {
        StringBuilder text = new();
        text.AppendLine($"{"",-34}{(alone is null ? "" : "kernel alone"),20}{"with PressureD",20}");
        Line("least memory available", outcome => $"{outcome.LeastAvailableMiB} MiB");
        Line("killed by the kernel", outcome => Names(outcome, byKernel: true));
        Line("ended otherwise", outcome => Names(outcome, byKernel: false));
        Line(
            "what the web service got done",
            outcome => $"{outcome.WebReadsPermille / 10}.{outcome.WebReadsPermille % 10} %");
        Line("longest stall of the probe", outcome => $"{outcome.ProbeLongestStallUsec / 1000} ms");
        Line("some task waited for the disk", outcome => $"{outcome.IoStallUsec / 1000} ms");
        return text.ToString();

        void Line(string name, Func<DemoOutcome, string> value) =>
            text.AppendLine($"{name,-34}{(alone is null ? "" : value(alone)),20}{value(guarded),20}");
    }

    private static string Names(DemoOutcome outcome, bool byKernel)
    {
        List<string> names = [];
        foreach (SimulatedProcess process in outcome.Deaths)
        {
            if (process.KilledByKernel == byKernel)
            {
                names.Add(process.EndedBySignal == 0 ? $"{process.Comm} (exit)" : process.Comm);
            }
        }

        return names.Count == 0 ? "nobody" : string.Join(", ", names);
    }

    private static PolicyResult Shipped() => PolicyReader.Read([(ShippedPolicy.Name, ShippedPolicy.Bytes)]);

    private static string DescribeScenarios()
    {
        StringBuilder text = new($"What happens, {DemoScenario.All[0].Name} if left out. ");
        for (int index = 0; index < DemoScenario.All.Count; index++)
        {
            DemoScenario scenario = DemoScenario.All[index];
            text.Append(index == 0 ? "" : " ").Append($"{scenario.Name}: {scenario.Title}");
        }

        return text.ToString();
    }

    private static string Names()
    {
        List<string> names = [];
        foreach (DemoScenario scenario in DemoScenario.All)
        {
            names.Add(scenario.Name);
        }

        return string.Join(", ", names);
    }
}
