using System;
using System.IO;
using PressureD.Cli.Commands;
using PressureD.Core.Policy;
using PressureD.Simulation.ScenarioFiles;
using PressureD.Yaml;

namespace PressureD.Cli.Scenarios;

/// <summary>Reads a scenario from a file, and the policies that it names.</summary>
internal static class ScenarioFile
{
    internal static ScenarioResult Read(string path)
    {
        ReadOnlyMemory<byte> content;
        try
        {
            content = SmallFile.Read(path, PolicyLimits.FileBytes);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            string message = $"cannot be read: {FileProblem.Of(path, problem)}";
            return new ScenarioResult(null, [new Diagnostic(DiagnosticSeverity.Error, path, 0, 0, message)]);
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return ScenarioReader.Read(path, content, name => FindPolicy(folder, name));
    }

    /// <summary>A policy by what a scenario or a command line calls it.</summary>
    /// <param name="folder">Where relative paths begin.</param>
    /// <param name="name">"shipped", a preset, or a file, which has an extension or a folder.</param>
    internal static (string Name, ReadOnlyMemory<byte> Content)? FindPolicy(string folder, string name)
    {
        if (name == PolicyNames.Shipped)
        {
            return (ShippedPolicy.Name, ShippedPolicy.Bytes);
        }

        if (PolicyNames.IsPreset(name))
        {
            return Presets.Find(name);
        }

        string path = Path.Combine(folder, name);
        try
        {
            return File.Exists(path) ? (path, SmallFile.Read(path, PolicyLimits.FileBytes)) : null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
