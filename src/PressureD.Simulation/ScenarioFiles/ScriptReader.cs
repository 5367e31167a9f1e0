using System;
using System.Collections.Generic;
using System.Globalization;
using PressureD.Core.Policy;
using PressureD.Core.Policy.Expressions;
using PressureD.Simulation.Pressure;
using PressureD.Simulation.Scenarios;
using PressureD.Simulation.Script;
using PressureD.Yaml.Documents;
using PressureD.Yaml.Policies;

namespace PressureD.Simulation.ScenarioFiles;

/// <summary>Reads what a scenario's files say over time, and what else happens at moments.</summary>
internal sealed class ScriptReader
{
    private static readonly PsiState[] States =
    [
        PsiState.MemorySome, PsiState.MemoryFull, PsiState.IoSome, PsiState.IoFull, PsiState.CpuSome,
        PsiState.CpuFull,
    ];

    private readonly Fields _fields;
    private readonly ScenarioScope _scope;
    private readonly List<Action<ScenarioStage, ScriptedMachine>> _acts;
    private readonly long _atUsec;
    private readonly long _everyUsec;
    private readonly string? _cgroup;
    private readonly string? _made;

    private ScriptReader(Fields fields, ScenarioScope scope, List<Action<ScenarioStage, ScriptedMachine>> acts)
    {
        _fields = fields;
        _scope = scope;
        _acts = acts;
        _fields.Require("at", _fields.Position, UnitTable.Example(UnitKind.Duration));
        _atUsec = _fields.Moment("at", scope.EndUsec) ?? 0;
        _everyUsec = _fields.Duration("every") ?? 1_000_000;
        _cgroup = _fields.CgroupPath("cgroup");
        _made = _fields.CgroupPath("make-cgroup");
        if (_made is not null) scope.Cgroups.Add(_made);
        if (_cgroup is not null && _fields.Has("stall")) scope.Cgroups.Add(_cgroup);
        scope.Cgroups.AreComplete &= !_fields.Failed;
    }

    /// <param name="top">The scenario.</param>
    /// <param name="scope">What it may speak of; learns of the cgroups that the script makes.</param>
    /// <param name="diagnostics">What is wrong.</param>
    public static List<Action<ScenarioStage, ScriptedMachine>> Read(
        Fields top, ScenarioScope scope, DiagnosticBag diagnostics)
    {
        var acts = new List<Action<ScenarioStage, ScriptedMachine>>();
        var readers = new List<ScriptReader>();
        foreach (var node in top.Items("script") ?? [])
        {
            if (Fields.Open(node, ScenarioSchema.Script, diagnostics) is not { } fields)
            {
                top.MarkFailed();
                scope.Cgroups.AreComplete = false;
                continue;
            }

            readers.Add(new ScriptReader(fields, scope, acts));
        }

        foreach (var reader in readers)
        {
            reader.Read();
            if (reader._fields.Failed) top.MarkFailed();
        }

        return acts;
    }

    private void Read()
    {
        var before = _acts.Count;

        // A write finds out on the way what is there, and is told of with the run: what the fuzzer draws may miss.
        var onlyWrites = _fields.Has("write") && !_fields.HasAny("values", "psi", "content", "errno", "restore");
        if (_cgroup is not null && !onlyWrites)
            _scope.CheckCgroup(_fields, _cgroup, _fields.PositionOf("cgroup"));
        foreach (var (key, value) in _fields.Entries("meminfo"))
        {
            CheckKey(key, key.Value, "/proc/meminfo", KernelNames.MemInfo);
            Series(value, UnitKind.Bytes, number => (_, script) => script.MemInfo(key.Value, number >> 10));
        }

        foreach (var (key, value) in _fields.Entries("vmstat"))
        {
            CheckKey(key, key.Value, "/proc/vmstat", KernelNames.VmStat);
            Series(value, UnitKind.None, number => (_, script) => script.VmStat(key.Value, number));
        }

        Values();
        Pressure();
        Stall();
        ReadFile();
        Cgroups();
        if (_fields.Scalar("exit", "a process's name") is { } exit && IsKnown(exit))
            Add(_atUsec, (stage, script) => script.Do(machine =>
            {
                foreach (var process in stage.Called(exit.Value)) machine.Exit(process);
            }));
        if (_acts.Count == before && !_fields.Failed)
            _fields.Fail(_fields.Position, "a script entry in which nothing happens, expected one of meminfo, vmstat, "
                + "values, psi, stall, file, make-cgroup, remove-cgroup, exit");
    }

    private void Add(long atUsec, Action<ScenarioStage, ScriptedMachine> act) =>
        _acts.Add((stage, script) => act(stage, script.At(atUsec)));

    private void CheckKey(YamlScalar place, string key, string file, IReadOnlyCollection<string> known)
    {
        foreach (var one in known)
            if (one == key) return;
        _fields.Fail(place.Position, $"{file} has no {Quoted.Of(key)}{Suggestion.DidYouMean(key, known)}");
    }

    /// <summary>When the value at an index of a list comes.</summary>
    private long MomentOf(int index, YamlScalar value)
    {
        var usec = _atUsec + (index * _everyUsec);
        if (index > 0 && _atUsec <= _scope.EndUsec && usec > _scope.EndUsec)
            _fields.Fail(value.Position, $"{Fields.Shown(value)} would come at {QuantityText.Duration(usec)}, expected "
                + $"at most the scenario's duration of {QuantityText.Duration(_scope.EndUsec)}");
        return usec;
    }

    /// <summary>One value, or a list of values over time.</summary>
    private void Series(YamlNode node, UnitKind kind, Func<long, Action<ScenarioStage, ScriptedMachine>> act)
    {
        var items = node is YamlSequence sequence ? sequence.Items : [node];
        for (var index = 0; index < items.Count; index++)
        {
            if (items[index] is not YamlScalar { IsNull: false } scalar)
            {
                _fields.Fail(items[index].Position, $"{items[index].Kind} here, expected {UnitTable.Example(kind)}");
                continue;
            }

            if (NumberText.Read(scalar.Value, kind, out var number) is { } wrong)
            {
                _fields.Fail(scalar.Position, $"{Fields.Shown(scalar)} {wrong}");
                continue;
            }

            Add(MomentOf(index, scalar), act(number));
        }
    }

    private void Values()
    {
        foreach (var (key, value) in _fields.Entries("values"))
        {
            if (_cgroup is null)
            {
                _fields.Fail(key.Position, "'values' without 'cgroup', expected whose control files are meant");
                return;
            }

            var (file, name) = Split(key.Value);
            ScenarioScope.CheckFile(_fields, file, key.Position);
            if (name is not null && KernelNames.KeysOf(file) is { } known) CheckKey(key, name, file, known);
            var items = value is YamlSequence sequence ? sequence.Items : [value];
            for (var index = 0; index < items.Count; index++)
            {
                if (items[index] is not YamlScalar { IsNull: false } scalar)
                {
                    _fields.Fail(items[index].Position, $"{items[index].Kind} here, expected a size, a number or max");
                    continue;
                }

                var text = FieldValues.ControlValue(scalar.Value);
                if (text != "max" && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                {
                    _fields.Fail(scalar.Position, $"{Fields.Shown(scalar)} here, expected a size, a number or max");
                    continue;
                }

                Add(MomentOf(index, scalar), name is null
                    ? (_, script) => script.File(_cgroup, file, text + "\n")
                    : (_, script) => script.Key(_scope.PathOf(_cgroup, file), name, text));
            }
        }
    }

    // memory.stat/anon is a key of a keyed file.
    private static (string File, string? Key) Split(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? (text, null) : (text[..slash], text[(slash + 1)..]);
    }

    private void Pressure()
    {
        var full = _fields.Share("full");
        var some = _fields.Share("some");
        var someTotal = _fields.Duration("some-total");
        var fullTotal = _fields.Duration("full-total");
        if (_fields.Choice("psi") is not { } choice)
        {
            if (!_fields.Has("psi") && (full ?? some ?? someTotal ?? fullTotal) is not null)
                _fields.Fail(_fields.Position, "'some' and 'full' without 'psi', expected memory, io or cpu");
            return;
        }

        var resource = ScenarioSchema.Script["psi"].Choices[choice];
        Add(_atUsec, (_, script) => script.Pressure(
            _cgroup ?? "/", resource, Average(some ?? full ?? 0), Average(full ?? 0), someTotal ?? 0, fullTotal ?? 0));
    }

    private static string Average(long millionths) =>
        string.Create(CultureInfo.InvariantCulture, $"{millionths / 10_000}.{millionths / 100 % 100:D2}");

    private void Stall()
    {
        var share = _fields.Share("share");
        if (_fields.Choice("stall") is not { } choice) return;
        _fields.Require("share", _fields.Position, UnitTable.Example(UnitKind.Percent));
        if (States[choice] == PsiState.CpuFull && _cgroup is null)
            _fields.Fail(_fields.Position, "'cpu-full' without 'cgroup': of the machine the kernel tells none");
        Add(_atUsec, (_, script) => script.Do(machine =>
            machine.ImposeStall(machine.MakeCgroup(_cgroup ?? "/"), States[choice], share ?? 0)));
    }

    private void ReadFile()
    {
        var content = _fields.Text("content");
        var errno = _fields.Choice("errno");
        var restore = _fields.Flag("restore");
        var write = _fields.Text("write");
        if (_fields.Text("file") is not { } name)
        {
            if (!_fields.Has("file") && ((content ?? write) is not null || errno is not null || restore is not null))
                _fields.Fail(_fields.Position, "'content', 'errno', 'restore' or 'write' without 'file'");
            return;
        }

        if (_cgroup is null && !name.StartsWith('/'))
        {
            _fields.Fail(
                _fields.PositionOf("file"), $"{Quoted.Of(name)} is no absolute path, and there is no 'cgroup'");
            return;
        }

        if (_cgroup is null) _scope.CheckPath(_fields, name, _fields.PositionOf("file"));
        else ScenarioScope.CheckFile(_fields, name, _fields.PositionOf("file"));
        var path = _cgroup is null ? name : _scope.PathOf(_cgroup, name);
        if (content is not null) Add(_atUsec, (_, script) => script.File(path, content + "\n"));
        if (errno is { } index) Add(_atUsec, (_, script) => script.Fail(path, ErrnoNames.NumberAt(index)));
        if (restore is true) Add(_atUsec, (_, script) => script.Restore(path));
        if (write is null) return;
        if (_cgroup is not { } cgroup)
        {
            _fields.Fail(_fields.PositionOf("write"), "'write' without 'cgroup', expected whose control file is meant");
            return;
        }

        var value = FieldValues.ControlValue(write);
        if (_scope.Refuses(name, value))
            _fields.Fail(_fields.PositionOf("write"), $"{name} does not take {Quoted.Of(write)}");
        var place = _fields.PositionOf("write").ToString();
        Add(_atUsec, (stage, script) => script.Do(_ => stage.WriteAsOwner(cgroup, name, value, place)));
    }

    private void Cgroups()
    {
        if (_made is not null) Add(_atUsec, (_, script) => script.Cgroup(_made));
        if (_fields.CgroupPath("remove-cgroup") is not { } gone) return;
        var at = _fields.PositionOf("remove-cgroup");
        _scope.CheckCgroup(_fields, gone, at);
        Add(_atUsec, (stage, script) => script.Do(machine => stage.Remove(machine, gone, at.ToString())));
    }

    private bool IsKnown(YamlScalar name)
    {
        if (_scope.Names.Contains(name.Value)) return true;
        _fields.Fail(name.Position, $"there is no process {Fields.Shown(name)}"
            + Suggestion.DidYouMean(name.Value, _scope.Names));
        return false;
    }
}
