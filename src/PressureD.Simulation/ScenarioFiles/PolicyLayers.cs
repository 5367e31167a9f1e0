using System;
using System.Collections.Generic;
using System.Text;
using PressureD.Core.Policy;
using PressureD.Yaml;
using PressureD.Yaml.Documents;
using PressureD.Yaml.Policies;

namespace PressureD.Simulation.ScenarioFiles;

/// <summary>
/// Finds the policy of a scenario: named files, and keys of a policy written in the scenario itself, in layers.
/// </summary>
/// <remarks>
/// What is written in the scenario is given to the policy reader with everything around it blanked out, so that each
/// error keeps its line and column.
/// </remarks>
internal sealed class PolicyLayers
{
    private readonly YamlText _text;
    private readonly Func<string, (string Name, ReadOnlyMemory<byte> Content)?> _find;
    private readonly DiagnosticBag _diagnostics;
    private readonly List<(string Name, ReadOnlyMemory<byte> Content)> _layers = [];
    private readonly List<string> _words = [];
    private bool _failed;
    private bool _inline;

    private PolicyLayers(
        YamlText text, Func<string, (string Name, ReadOnlyMemory<byte> Content)?> find, DiagnosticBag diagnostics)
    {
        _text = text;
        _find = find;
        _diagnostics = diagnostics;
    }

    /// <param name="root">The scenario.</param>
    /// <param name="text">Its text.</param>
    /// <param name="find">A policy file's content by the name written in the scenario; null: there is none.</param>
    /// <param name="diagnostics">What is wrong.</param>
    /// <returns>
    /// The policy, null without one; what it is called; and whether it can be used or there shall be none.
    /// </returns>
    public static (PolicySet? Policy, string Name, bool Usable) Read(
        YamlMapping root,
        YamlText text,
        Func<string, (string Name, ReadOnlyMemory<byte> Content)?> find,
        DiagnosticBag diagnostics)
    {
        var layers = new PolicyLayers(text, find, diagnostics);
        YamlNode? node = null;
        foreach (var (key, value) in root.Entries)
            if (key.Value == "policy") node = value;
        return layers.Read(node);
    }

    private (PolicySet? Policy, string Name, bool Usable) Read(YamlNode? node)
    {
        if (node is YamlScalar { Value: PolicyNames.None }) return (null, PolicyNames.None, true);
        if (node is null) Named(null, PolicyNames.Shipped);
        else if (node is YamlSequence list) List(list);
        else Add(node);
        if (_failed) return (null, "", false);
        var result = PolicyReader.Read(_layers);
        foreach (var problem in result.Diagnostics)
        {
            if (problem.Severity != DiagnosticSeverity.Error) continue;
            _diagnostics.Error(new SourcePosition(problem.File, problem.Line, problem.Column), problem.Message);
        }

        return (result.Policy, string.Join(" + ", _words), result.Policy is not null);
    }

    private void List(YamlSequence list)
    {
        foreach (var item in list.Items) Add(item);
        if (list.Items.Count == 0) Fail(list.Position, "'policy' is an empty list, expected at least one layer");
    }

    private void Add(YamlNode node)
    {
        switch (node)
        {
            case YamlScalar { IsNull: false } name:
                Named(name, name.Value);
                return;
            case YamlMapping keys:
                Inline(keys);
                return;
            default:
                Fail(node.Position, $"'policy' is {node.Kind}, expected shipped, none, a preset, a file or keys of a "
                    + "policy");
                return;
        }
    }

    private void Named(YamlScalar? place, string name)
    {
        if (PolicyNames.AddTo(_layers, name, _find))
        {
            _words.Add(name);
            return;
        }

        var at = place?.Position ?? new SourcePosition(_text.File, 0, 0);
        Fail(at, $"there is no policy {Quoted.Of(name)}, expected shipped, none, a preset, or a file beside this one");
    }

    private void Inline(YamlMapping keys)
    {
        if (_inline)
        {
            Fail(keys.Position, "a second policy written out here, expected at most one; put others into files");
            return;
        }

        _inline = true;
        var (start, end) = (keys.Position, keys.End);
        var lines = _text.Text.Split('\n');
        var content = new StringBuilder();
        for (var line = 1; line <= lines.Length && line <= end.Line; line++)
        {
            var from = line > start.Line ? 0 : line == start.Line ? start.Column - 1 : lines[line - 1].Length;
            var to = line < end.Line ? lines[line - 1].Length : end.Column - 1;
            if (from < to) content.Append(' ', from).Append(lines[line - 1], from, to - from);
            content.Append('\n');
        }

        _layers.Add((_text.File, Encoding.UTF8.GetBytes(content.ToString())));
        _words.Add("its own");
    }

    private void Fail(SourcePosition at, string message)
    {
        _failed = true;
        _diagnostics.Error(at, message);
    }
}
