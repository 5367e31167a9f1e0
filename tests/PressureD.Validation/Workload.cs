using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using PressureD.Cli.Scenarios;
using PressureD.Simulation.ScenarioFiles;
using PressureD.Simulation.Scenarios;

namespace PressureD.Validation;

/// <summary>
/// A workload that was recorded on a real machine, NAME-1.rec and so on, and is modelled by the scenario NAME.yaml
/// beside them. The scenario's last process is the culprit: all times are since its start.
/// </summary>
internal sealed class Workload
{
    private Workload(string name, Scenario model, IReadOnlyList<RecordedRun> recordings)
    {
        Name = name;
        Model = model;
        Recordings = recordings;
        Culprit = "/" + model.Processes[^1].Options.Cgroup.TrimStart('/');
        Cgroups = model.Processes
            .Select(static process => "/" + process.Options.Cgroup.TrimStart('/'))
            .Distinct(StringComparer.Ordinal)
            .ToArray();
    }

    internal string Name { get; }

    internal Scenario Model { get; }

    internal IReadOnlyList<RecordedRun> Recordings { get; }

    /// <summary>The cgroup of the culprit.</summary>
    internal string Culprit { get; }

    /// <summary>All cgroups that both sides have.</summary>
    internal IReadOnlyList<string> Cgroups { get; }

    /// <summary>Reads it.</summary>
    /// <exception cref="FormatException">The scenario or a recording cannot be used.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    internal static Workload Read(string directory, string name)
    {
        ScenarioResult read = ScenarioFile.Read(Path.Combine(directory, name + ".yaml"));
        if (read.Scenario is null)
        {
            throw new FormatException(string.Join('\n', read.Diagnostics));
        }

        List<RecordedRun> recordings = [];
        for (int number = 1; File.Exists(PathOf(directory, name, number)); number++)
        {
            recordings.Add(new RecordedRun(PathOf(directory, name, number)));
        }

        return recordings.Count > 0
            ? new Workload(name, read.Scenario, recordings)
            : throw new FormatException($"there is no recording {PathOf(directory, name, 1)}");
    }

    /// <summary>What a cgroup is called in the report.</summary>
    internal static string Label(string cgroup) =>
        cgroup[(cgroup.LastIndexOf('/') + 1)..].Replace(".service", "", StringComparison.Ordinal);

    private static string PathOf(string directory, string name, int number) =>
        Path.Combine(directory, $"{name}-{number}.rec");
}
