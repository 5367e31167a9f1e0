using System;
using System.Collections.Generic;
using System.CommandLine.Completions;
using System.IO;
using System.Linq;
using PressureD.Cli.Commands;
using PressureD.Core.Policy;
using PressureD.Simulation.ScenarioFiles;
using PressureD.Yaml;

namespace PressureD.Cli.Scenarios;

/// <summary>A policy as a command line names it.</summary>
internal static class NamedPolicy
{
    /// <summary>What is expected, for help and errors.</summary>
    internal static string Expected { get; } =
        $"shipped, none, a preset ({string.Join(", ", Presets.Names)}), or a file, with its extension or folder";

    /// <summary>Those that are no files, for completion.</summary>
    internal static IEnumerable<CompletionItem> Names(CompletionContext context) =>
        new[] { PolicyNames.Shipped, PolicyNames.None }.Concat(Presets.Names)
            .Select(static name => new CompletionItem(name));

    /// <summary>Reads it; what is wrong with it is said.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="error">Where what is wrong goes.</param>
    /// <param name="policy">Null when there shall be none.</param>
    internal static bool TryRead(string name, TextWriter error, out PolicySet? policy)
    {
        policy = null;
        if (name == PolicyNames.None)
        {
            return true;
        }

        List<(string Name, ReadOnlyMemory<byte> Content)> layers = [];
        if (!PolicyNames.AddTo(layers, name, file => ScenarioFile.FindPolicy(Environment.CurrentDirectory, file)))
        {
            error.WriteLine($"pressurectl: there is no policy {NameText.Of(name)}; expected {Expected}");
            return false;
        }

        PolicyResult read = PolicyReader.Read(layers);
        foreach (Diagnostic problem in read.Diagnostics)
        {
            error.WriteLine(problem);
        }

        if (read.Policy is null)
        {
            error.WriteLine($"pressurectl: the policy {NameText.Of(name)} cannot be used");
            return false;
        }

        policy = read.Policy;
        return true;
    }
}
