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
    private readonly ScenarioScope _scope;
    private readonly ICollection<string>? _rules;
    private readonly DiagnosticBag _diagnostics;
    private readonly HashSet<string> _victims = new(StringComparer.Ordinal);
    private readonly HashSet<string> _fired = new(StringComparer.Ordinal);
    private readonly HashSet<long> _levelsUsec = [];

    private ExpectReader(Fields fields, ScenarioScope scope, ICollection<string>? rules, DiagnosticBag diagnostics)
    {
        _fields = fields;
        _scope = scope;
        _rules = rules;
        _diagnostics = diagnostics;
    }

    /// <param name="node">What is written.</param>
    /// <param name="scope">What the scenario may speak of.</param>
    /// <param name="rules">Names of the policy's rules; null: they are not known.</param>
    /// <param name="diagnostics">What is wrong.</param>
    public static Expectations Read(
        YamlNode? node, ScenarioScope scope, ICollection<string>? rules, DiagnosticBag diagnostics)
    {
        if (node is null || Fields.Open(node, ScenarioSchema.Expect, diagnostics) is not { } fields)
            return new Expectations();
        return new ExpectReader(fields, scope, rules, diagnostics).Read();
    }

    private Expectations Read() => new()
    {
        Victims = Victims(),
        Never = Never(),
        Finished = List("finished", ScenarioSchema.Finish, Finish),
        Fired = List("fired", ScenarioSchema.Fired, Firing),
        NotFired = NotFired(),
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
        if (process is not null) _victims.Add(process);
        var cgroup = fields.CgroupPath("cgroup");
        if (fields.Has("name") == fields.Has("cgroup"))
            fields.Fail(fields.Position, "an expected victim has either 'name' or 'cgroup'");
        var atLeast = fields.Integer("at-least", 1, 1000);
        var many = cgroup is not null || atLeast is not null;
        var rule = RuleName(fields, "rule");
        var victim = new ExpectedVictim
        {
            Process = process ?? "",
            Cgroup = cgroup ?? "",
            AtLeast = atLeast ?? 1,
            AtMost = fields.Integer("at-most", 1, 1000) ?? (many ? int.MaxValue : 1),
            AfterUsec = fields.Moment("after", _scope.EndUsec) ?? 0,
            BeforeUsec = fields.Duration("before") ?? long.MaxValue,
            DeadByUsec = fields.Duration("dead-by") ?? long.MaxValue,
            Signal = Signal(fields, "signal"),
            LastSignal = Signal(fields, "last-signal"),
            Rule = rule,
        };
        if (victim.AtLeast > victim.AtMost) FailOrder(fields, "at-least", "at-most");
        if (victim.AfterUsec >= victim.BeforeUsec) FailOrder(fields, "after", "before");
        if (victim.AfterUsec >= victim.DeadByUsec) FailOrder(fields, "after", "dead-by");
        return victim;
    }

    // Between the two there is nothing that could be.
    private static void FailOrder(Fields fields, string low, string high) => fields.Fail(
        fields.PositionOf(high), $"'{high}' is too small beside '{low}', expected more");

    private static int Signal(Fields fields, string name) =>
        fields.Choice(name) switch { 0 => Signals.Term, 1 => Signals.Kill, _ => 0 };

    private ExpectedEnd? Finish(Fields fields) => Process(fields, "name") is { } name
        ? new ExpectedEnd(name, fields.Duration("before") ?? long.MaxValue) : null;

    private ExpectedFiring? Firing(Fields fields)
    {
        if (RuleName(fields, "rule") is not { } rule) return null;
        _fired.Add(rule);
        var fired = new ExpectedFiring(
            rule,
            fields.Moment("after", _scope.EndUsec) ?? 0,
            fields.Duration("before") ?? long.MaxValue,
            fields.Integer("at-least", 1, 100_000) ?? 1,
            fields.Integer("at-most", 1, 100_000) ?? int.MaxValue,
            fields.CgroupPath("cgroup"));
        if (fired.AtLeast > fired.AtMost) FailOrder(fields, "at-least", "at-most");
        if (fired.AfterUsec >= fired.BeforeUsec) FailOrder(fields, "after", "before");
        return fired;
    }

    private (long AtUsec, PressureLevel Level) Level(Fields fields)
    {
        var usec = fields.Moment("at", _scope.EndUsec);
        if (usec is { } at && !_levelsUsec.Add(at))
            fields.Fail(fields.PositionOf("at"), $"a second level at {QuantityText.Duration(at)}, expected one");
        return (usec ?? 0, PressureLevelName.LevelAt(fields.Choice("is") ?? 0));
    }

    private ExpectedStall? Stall(Fields fields)
    {
        if (!fields.Has("longest") && !fields.Has("total"))
            fields.Fail(fields.Position, "an expected stall with neither 'longest' nor 'total'");
        if (Process(fields, "of") is not { } name) return null;
        if (fields.Has("longest") && !_scope.Probes.Contains(name))
            fields.Fail(fields.PositionOf("longest"),
                $"'longest' of {Quoted.Of(name)}, which is no probe, expected 'total', or a probe");
        return new ExpectedStall(
            name, fields.Duration("longest") ?? long.MaxValue, fields.Duration("total") ?? long.MaxValue);
    }

    private ExpectedContent? Content(Fields fields)
    {
        if (fields.Has("is") == fields.Has("is-not"))
            fields.Fail(fields.Position, "an expected content has either 'is' or 'is-not'");
        var content = fields.Text("is") ?? fields.Text("is-not");
        if (content is null || fields.CgroupPath("cgroup") is not { } cgroup) return null;
        _scope.CheckCgroup(fields, cgroup, fields.PositionOf("cgroup"));
        if (fields.Text("file") is not { } file) return null;
        ScenarioScope.CheckFile(fields, file, fields.PositionOf("file"));
        return new ExpectedContent(
            cgroup, file, fields.Moment("at", _scope.EndUsec) ?? long.MaxValue, FieldValues.ControlValue(content),
            fields.Has("is-not"));
    }

    private List<string> Never()
    {
        var list = new List<string>();
        foreach (var scalar in _fields.Texts("never"))
        {
            if (Known(_fields, scalar, _scope.Names, "process") is not { } known) continue;
            list.Add(known);
            if (_victims.Contains(known))
                _fields.Fail(scalar.Position, $"'never' has {Fields.Shown(scalar)}, and so has 'victims', expected it "
                    + "in one of them");
        }

        return list;
    }

    private List<string> NotFired()
    {
        var list = new List<string>();
        foreach (var scalar in _fields.Texts("not-fired"))
        {
            if (Known(_fields, scalar, _rules, "rule") is not { } known) continue;
            list.Add(known);
            if (_fired.Contains(known))
                _fields.Fail(scalar.Position, $"'not-fired' has {Fields.Shown(scalar)}, and so has 'fired', expected "
                    + "it in one of them");
        }

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
                var pattern = new CgroupPattern(scalar.Value);
                list.Add(pattern);
                if (!_scope.Cgroups.HasAny(pattern))
                    _fields.Fail(scalar.Position, $"'{name}': {Fields.Shown(scalar)} matches no cgroup that this "
                        + $"machine ever has{_scope.Cgroups.DidYouMean("/" + scalar.Value)}");
            }
            catch (FormatException wrong)
            {
                _fields.Fail(scalar.Position, $"'{name}': the pattern {Fields.Shown(scalar)} {wrong.Message}");
            }
        }

        return list;
    }

    private string? Process(Fields fields, string key) =>
        fields.Scalar(key, "a process's name") is { } scalar ? Known(fields, scalar, _scope.Names, "process") : null;

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
