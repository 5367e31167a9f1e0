using System;
using System.Collections.Generic;
using PressureD.Core.Cgroups;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Simulation.Scenarios;
using PressureD.Yaml.Documents;
using PressureD.Yaml.Policies;
using PressureD.Yaml.Schema;

namespace PressureD.Simulation.ScenarioFiles;

/// <summary>Reads what is expected of a scenario.</summary>
internal sealed class ExpectReader
{
    private readonly Fields _fields;
    private readonly ICollection<string> _names;
    private readonly ICollection<string>? _rules;
    private readonly DiagnosticBag _diagnostics;

    private ExpectReader(
        Fields fields, ICollection<string> names, ICollection<string>? rules, DiagnosticBag diagnostics)
    {
        _fields = fields;
        _names = names;
        _rules = rules;
        _diagnostics = diagnostics;
    }

    /// <param name="node">What is written.</param>
    /// <param name="names">Names of the scenario's processes.</param>
    /// <param name="rules">Names of the policy's rules; null: they are not known.</param>
    /// <param name="diagnostics">What is wrong.</param>
    public static Expectations Read(
        YamlNode? node, ICollection<string> names, ICollection<string>? rules, DiagnosticBag diagnostics)
    {
        if (node is null || Fields.Open(node, ScenarioSchema.Expect, diagnostics) is not { } fields)
            return new Expectations();
        return new ExpectReader(fields, names, rules, diagnostics).Read();
    }

    private Expectations Read() => new()
    {
        Victims = Victims(),
        Never = Processes("never"),
        Finished = List("finished", ScenarioSchema.Finish, Finish),
        Fired = List("fired", ScenarioSchema.Fired, Firing),
        NotFired = Rules("not-fired"),
        HighestLevel = _fields.Choice("highest-level") is { } level ? PressureLevelName.LevelAt(level) : null,
        Levels = List("levels", ScenarioSchema.Level, Level),
        Stalls = List("stall", ScenarioSchema.Stall, Stall),
        Untouched = Patterns("untouched"),
        Contents = List("contents", ScenarioSchema.Content, Content),
        KernelOom = _fields.Choice("kernel-oom") switch { 1 => true, 2 => null, _ => false },
        Said = Texts("said"),
        NotSaid = Texts("not-said"),
    };

    private List<ExpectedVictim>? Victims()
    {
        if (_fields.Node("victims") is YamlScalar { Value: "any" }) return null;
        return List("victims", ScenarioSchema.Victim, Victim);
    }

    /// <summary>Entries that are mappings, or for lists that allow it, single names.</summary>
    private List<T> List<T>(string name, KeyTable table, Func<Fields, T?> read)
    {
        var list = new List<T>();
        foreach (var node in _fields.Items(name) ?? [])
        {
            var mapping = node is YamlScalar { IsNull: false } scalar && table.Keys[0].Type == KeyType.Text
                ? Named(table.Keys[0].Name, scalar) : node;
            if (Fields.Open(mapping, table, _diagnostics) is not { } fields) continue;
            foreach (var key in table.Keys)
                if (key.Required) fields.Require(key.Name, fields.Position, key.Summary);
            if (read(fields) is { } one) list.Add(one);
        }

        return list;
    }

    private static YamlMapping Named(string key, YamlScalar value)
    {
        var mapping = new YamlMapping(value.Position);
        mapping.Entries.Add((new YamlScalar(value.Position, key, true, value.Places), value));
        return mapping;
    }

    private ExpectedVictim? Victim(Fields fields)
    {
        var process = Process(fields, "name");
        var cgroup = fields.CgroupPath("cgroup");
        if (fields.Has("name") == fields.Has("cgroup"))
            fields.Fail(fields.Position, "an expected victim has either 'name' or 'cgroup'");
        var atLeast = fields.Integer("at-least", 1, 1000);
        var many = cgroup is not null || atLeast is not null;
        var rule = RuleName(fields, "rule");
        return new ExpectedVictim
        {
            Process = process ?? "",
            Cgroup = cgroup ?? "",
            AtLeast = atLeast ?? 1,
            AtMost = fields.Integer("at-most", 1, 1000) ?? (many ? int.MaxValue : 1),
            AfterUsec = fields.Duration("after") ?? 0,
            BeforeUsec = fields.Duration("before") ?? long.MaxValue,
            DeadByUsec = fields.Duration("dead-by") ?? long.MaxValue,
            Signal = Signal(fields, "signal"),
            LastSignal = Signal(fields, "last-signal"),
            Rule = rule,
        };
    }

    private static int Signal(Fields fields, string name) =>
        fields.Choice(name) switch { 0 => Signals.Term, 1 => Signals.Kill, _ => 0 };

    private ExpectedEnd? Finish(Fields fields) => Process(fields, "name") is { } name
        ? new ExpectedEnd(name, fields.Duration("before") ?? long.MaxValue) : null;

    private ExpectedFiring? Firing(Fields fields) => RuleName(fields, "rule") is { } rule
        ? new ExpectedFiring(
            rule,
            fields.Duration("after") ?? 0,
            fields.Duration("before") ?? long.MaxValue,
            fields.Integer("at-least", 1, 100_000) ?? 1,
            fields.Integer("at-most", 1, 100_000) ?? int.MaxValue,
            fields.CgroupPath("cgroup"))
        : null;

    private (long AtUsec, PressureLevel Level) Level(Fields fields) =>
        (fields.Duration("at") ?? 0, PressureLevelName.LevelAt(fields.Choice("is") ?? 0));

    private ExpectedStall? Stall(Fields fields)
    {
        if (!fields.Has("longest") && !fields.Has("total"))
            fields.Fail(fields.Position, "an expected stall with neither 'longest' nor 'total'");
        return Process(fields, "of") is { } name
            ? new ExpectedStall(
                name, fields.Duration("longest") ?? long.MaxValue, fields.Duration("total") ?? long.MaxValue)
            : null;
    }

    private ExpectedContent? Content(Fields fields)
    {
        if (fields.Has("is") == fields.Has("is-not"))
            fields.Fail(fields.Position, "an expected content has either 'is' or 'is-not'");
        var content = fields.Text("is") ?? fields.Text("is-not");
        if (content is null || fields.CgroupPath("cgroup") is not { } cgroup) return null;
        return fields.Text("file") is { } file
            ? new ExpectedContent(
                cgroup, file, fields.Duration("at") ?? long.MaxValue, FieldValues.ControlValue(content),
                fields.Has("is-not"))
            : null;
    }

    private List<string> Processes(string name)
    {
        var list = new List<string>();
        foreach (var scalar in _fields.Texts(name))
            if (Known(_fields, scalar, _names, "process") is { } known) list.Add(known);
        return list;
    }

    private List<string> Rules(string name)
    {
        var list = new List<string>();
        foreach (var scalar in _fields.Texts(name))
            if (Known(_fields, scalar, _rules, "rule") is { } known) list.Add(known);
        return list;
    }

    private List<string> Texts(string name)
    {
        var list = new List<string>();
        foreach (var scalar in _fields.Texts(name)) list.Add(scalar.Value);
        return list;
    }

    private List<CgroupPattern> Patterns(string name)
    {
        var list = new List<CgroupPattern>();
        foreach (var scalar in _fields.Texts(name))
        {
            try
            {
                list.Add(new CgroupPattern(scalar.Value));
            }
            catch (FormatException wrong)
            {
                _fields.Fail(scalar.Position, $"'{name}': the pattern {Fields.Shown(scalar)} {wrong.Message}");
            }
        }

        return list;
    }

    private string? Process(Fields fields, string key) =>
        fields.Scalar(key, "a process's name") is { } scalar ? Known(fields, scalar, _names, "process") : null;

    private string? RuleName(Fields fields, string key) =>
        fields.Scalar(key, "a rule's name") is { } scalar ? Known(fields, scalar, _rules, "rule") : null;

    private static string? Known(Fields fields, YamlScalar scalar, ICollection<string>? known, string what)
    {
        if (known is null || known.Contains(scalar.Value)) return scalar.Value;
        fields.Fail(scalar.Position,
            $"there is no {what} {Fields.Shown(scalar)}{Suggestion.DidYouMean(scalar.Value, known)}");
        return null;
    }
}
