using System;
using System.Collections.Generic;
using System.Globalization;
using PressureD.Core.Policy;
using PressureD.Core.Policy.Expressions;
using PressureD.Simulation.Machine;
using PressureD.Simulation.Scenarios;
using PressureD.Simulation.Workloads;
using PressureD.Yaml.Documents;
using PressureD.Yaml.Policies;

namespace PressureD.Simulation.ScenarioFiles;

/// <summary>Reads scenario files. What is wrong with one is said all at once, each with its place.</summary>
public static class ScenarioReader
{
    private static readonly string[] Limits =
    [
        "memory.min", "memory.low", "memory.high", "memory.max", "memory.swap.max",
    ];

    /// <param name="name">The file, for messages.</param>
    /// <param name="content">What is in it.</param>
    /// <param name="findPolicy">
    /// The content of a policy file by the name that is written in the scenario, "shipped" among them; null: there is
    /// no such file.
    /// </param>
    public static ScenarioResult Read(
        string name,
        ReadOnlyMemory<byte> content,
        Func<string, (string Name, ReadOnlyMemory<byte> Content)?> findPolicy)
    {
        var diagnostics = new DiagnosticBag();
        Scenario? scenario = null;
        if (YamlText.Decode(name, content.Span, diagnostics) is { } text
            && YamlDocumentReader.Read(text, diagnostics) is { } root
            && Fields.Open(root, ScenarioSchema.Top, diagnostics) is { } fields)
            scenario = ReadTop(fields, (YamlMapping)root, text, findPolicy, diagnostics);
        return new ScenarioResult(diagnostics.HasErrors ? null : scenario, diagnostics.Sorted([name]));
    }

    private static Scenario ReadTop(
        Fields fields,
        YamlMapping root,
        YamlText text,
        Func<string, (string Name, ReadOnlyMemory<byte> Content)?> findPolicy,
        DiagnosticBag diagnostics)
    {
        fields.Require("title", fields.Position, "what it shows, in one line");
        fields.Require("duration", fields.Position, UnitTable.Example(UnitKind.Duration));
        var seed = (ulong)(fields.Integer("seed", 0, int.MaxValue) ?? 1);
        var machine = MachineReader.Read(fields.Node("machine"), seed, diagnostics);
        var (daemon, dryRun) = MachineReader.ReadDaemon(fields.Node("daemon"), diagnostics);
        var durationUsec = fields.Duration("duration");
        if (durationUsec == 0) fields.Fail(fields.PositionOf("duration"), "'duration' is 0s, expected more than that");
        var processes = ProcessReader.Read(fields, diagnostics);
        var cgroups = Cgroups(fields, diagnostics);
        var scope = Scope(machine, durationUsec is > 0 and var usec ? usec : long.MaxValue, processes, cgroups);
        scope.Cgroups.AreComplete = !fields.Failed;
        scope.Cgroups.Add(daemon.OwnCgroup);
        var (policy, policyName, usable) = PolicyLayers.Read(root, text, findPolicy, diagnostics);
        return new Scenario
        {
            Name = text.File,
            Title = fields.Text("title") ?? "",
            Machine = machine,
            DurationUsec = durationUsec ?? 0,
            Cgroups = cgroups,
            Processes = processes,
            Script = ScriptReader.Read(fields, scope, diagnostics),
            Faults = FaultReader.Read(fields, scope, diagnostics),
            Daemon = daemon,
            DryRun = dryRun,
            Policy = policy,
            PolicyName = policyName,
            Expect = ExpectReader.Read(fields.Node("expect"), scope, usable ? RulesOf(policy) : null, diagnostics),
        };
    }

    private static ScenarioScope Scope(
        MachineOptions machine, long endUsec, List<ScenarioProcess> processes, List<ScenarioCgroup> cgroups)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        var probes = new SortedSet<string>(StringComparer.Ordinal);
        var known = new KnownCgroups();
        foreach (var cgroup in cgroups) known.Add(cgroup.Path);
        foreach (var process in processes)
        {
            names.Add(process.Name);
            if (process.Work?.Invoke() is ProbeWorkload) probes.Add(process.Name);
            known.Add(process);
        }

        return new ScenarioScope
        {
            Names = names, Probes = probes, Cgroups = known, Machine = machine, EndUsec = endUsec,
        };
    }

    private static List<string> RulesOf(PolicySet? policy)
    {
        var rules = new List<string>();
        foreach (var rule in policy?.Rules ?? []) rules.Add(rule.Name);
        return rules;
    }

    private static List<ScenarioCgroup> Cgroups(Fields top, DiagnosticBag diagnostics)
    {
        var cgroups = new List<ScenarioCgroup>();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var node in top.Items("cgroups") ?? [])
        {
            if (Fields.Open(node, ScenarioSchema.Cgroup, diagnostics) is not { } fields)
            {
                top.MarkFailed();
                continue;
            }

            fields.Require("path", fields.Position, "a cgroup such as system.slice/db.service");
            var values = new List<(string, string)>();
            foreach (var limit in Limits)
            {
                if (fields.Scalar(limit, "a size such as 50MiB, or max") is not { } scalar) continue;
                if (scalar.Value != "max" && NumberText.Read(scalar.Value, UnitKind.Bytes, out _) is { } wrong)
                    fields.Fail(scalar.Position, $"'{limit}': {Fields.Shown(scalar)} {wrong}");
                values.Add((limit, FieldValues.ControlValue(scalar.Value)));
            }

            if (fields.Scalar("pids.max", "a number such as 100, or max") is { } tasks)
            {
                if (tasks.Value != "max" && !int.TryParse(tasks.Value, NumberStyles.None, null, out _))
                    fields.Fail(tasks.Position, $"'pids.max' is {Fields.Shown(tasks)}, expected a number or max");
                values.Add(("pids.max", tasks.Value));
            }

            if (fields.Flag("memory.oom.group") is { } group) values.Add(("memory.oom.group", group ? "1" : "0"));
            var attributes = new List<(string, string)>();
            foreach (var (key, value) in fields.Entries("xattrs"))
                if (value is YamlScalar scalar) attributes.Add((key.Value, scalar.Value));
            if (fields.RelativePath("path") is { } path)
            {
                if (path == "/")
                    foreach (var (file, _) in values)
                        fields.Fail(fields.PositionOf(file), $"'{file}' of the root cgroup, which has no such file");
                cgroups.Add(new ScenarioCgroup(path, values, attributes));
                if (!lines.TryAdd(path, fields.Position.Line))
                    fields.Fail(fields.PositionOf("path"), $"the cgroup {Quoted.Of(path[1..])} is here a second time, "
                        + $"it was first on line {lines[path]}; put all that it has into one entry");
            }

            if (fields.Failed) top.MarkFailed();
        }

        return cgroups;
    }
}
