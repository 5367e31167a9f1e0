using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using PressureD.Cli;
using PressureD.Cli.Scenarios;
using PressureD.Core.Policy;
using PressureD.Simulation.ScenarioFiles;
using PressureD.Validation;

// The validation report (eng/validate runs this): pressured-validate DIRECTORY [--check] [WORKLOAD...]
//   DIRECTORY holds recordings, workloads and opening.md; the report is DIRECTORY.md beside it.
//   --check   writes nothing; fails when the report is not what would be written
//   With workloads named, only they are looked at, and the report is printed instead.
if (args.Length == 0 || args[0].StartsWith('-'))
{
    Console.Error.WriteLine("usage: pressured-validate DIRECTORY [--check] [WORKLOAD...]");
    return 2;
}

string directory = args[0];
bool isCheck = args.Contains("--check");
string[] wanted = [.. args.Skip(1).Where(static word => word != "--check")];
string[] all =
[
    "leak", "spike", "swap-thrash", "cache-thrash", "zram-leak", "limit-leak", "high-leak", "protection",
];
try
{
    List<(string Name, PolicySet Policy)> policies = [];
    foreach (string name in Presets.Names.Prepend(PolicyNames.Shipped))
    {
        if (!NamedPolicy.TryRead(name, Console.Error, out PolicySet? policy) || policy is null)
        {
            return 1;
        }

        policies.Add((name, policy));
    }

    List<WorkloadResult> results = [];
    foreach (string name in wanted.Length > 0 ? wanted : all)
    {
        Console.Error.WriteLine($"validate: {name}");
        results.Add(WorkloadResult.Of(Workload.Read(directory, name), policies));
    }

    Console.Error.WriteLine("validate: figures measured elsewhere");
    string opening = File.ReadAllText(Path.Combine(directory, "opening.md"));
    string report = ReportText.Render(opening, results, [.. PublishedTargets.Run()]);
    string path = directory.TrimEnd('/') + ".md";
    if (wanted.Length > 0)
    {
        Console.Write(report);
    }
    else if (!isCheck)
    {
        File.WriteAllText(path, report);
        Console.Error.WriteLine($"validate: {path}");
    }
    else if (!File.Exists(path) || File.ReadAllText(path) != report)
    {
        Console.Error.WriteLine($"validate: {path} is not what the model does now; eng/validate writes it anew");
        return 1;
    }

    return 0;
}
catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or FormatException)
{
    Console.Error.WriteLine($"pressured-validate: {problem.Message}");
    return 1;
}
