using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using PressureD.Simulation.ScenarioFiles;
using PressureD.Simulation.Scenarios;

namespace PressureD.Simulation.Tests.ScenarioFiles;

/// <summary>Reads and runs scenarios in tests.</summary>
internal static class Scenarios
{
    public static string Folder { get; } = FindFolder();

    public static Scenario Read(string text)
    {
        ScenarioResult result = ReadAny(text);
        Assert.True(result.Scenario is not null, string.Join('\n', result.Diagnostics));
        return result.Scenario;
    }

    public static string[] Problems(string text) =>
        ReadAny(text).Diagnostics.Select(problem => problem.ToString()).ToArray();

    public static ScenarioResult ReadFile(string path) =>
        ScenarioReader.Read(path, File.ReadAllBytes(path), name => FindPolicy(Path.GetDirectoryName(path)!, name));

    public static (ScenarioOutcome Outcome, IReadOnlyList<ScenarioFailure> Failures) Run(string text) => Run(Read(text));

    public static (ScenarioOutcome Outcome, IReadOnlyList<ScenarioFailure> Failures) Run(Scenario scenario)
    {
        ScenarioOutcome outcome = new ScenarioRun(scenario, scenario.Policy).Run();
        return (outcome, ScenarioCheck.Of(scenario, outcome));
    }

    private static ScenarioResult ReadAny(string text) =>
        ScenarioReader.Read("s.yaml", Encoding.UTF8.GetBytes(text), name => FindPolicy(Folder, name));

    private static (string Name, ReadOnlyMemory<byte> Content)? FindPolicy(string folder, string name)
    {
        string path = name == PolicyNames.Shipped ? Path.Combine(Folder, "..", "pressured.yaml")
            : PolicyNames.IsPreset(name) ? Path.Combine(Folder, "..", "presets", name + ".yaml")
            : Path.Combine(folder, name);
        return File.Exists(path) ? (Path.GetFileName(path), File.ReadAllBytes(path)) : null;
    }

    private static string FindFolder()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "PressureD.sln")))
            directory = directory.Parent;
        return Path.Combine(directory!.FullName, "config", "scenarios");
    }
}
