using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using PressureD.Core.Cgroups;
using PressureD.Core.Policy;
using PressureD.Core.Policy.Expressions;
using PressureD.Yaml.Documents;
using PressureD.Yaml.Schema;

namespace PressureD.Yaml.Policies;

/// <summary>
/// The keys of one mapping, checked against its table. A getter gives null both for a key that is not there and for a
/// value that is wrong; <see cref="Failed"/> tells that something was wrong, which has then been reported.
/// </summary>
internal sealed class Fields
{
    private readonly Dictionary<string, YamlNode> _values = [];
    private readonly DiagnosticBag _diagnostics;

    private Fields(KeyTable table, SourcePosition position, DiagnosticBag diagnostics)
    {
        Table = table;
        Position = position;
        _diagnostics = diagnostics;
    }

    public KeyTable Table { get; }

    public SourcePosition Position { get; }

    public bool Failed { get; private set; }

    /// <summary>The keys that were given, in the order of the file, without unknown ones.</summary>
    public List<YamlScalar> Given { get; } = [];

    /// <returns>Null when the node is not a mapping at all.</returns>
    public static Fields? Open(YamlNode node, KeyTable table, DiagnosticBag diagnostics)
    {
        if (node is not YamlMapping mapping)
        {
            string example = table.Keys[0].Name;
            diagnostics.Error(
                node.Position, $"{node.Kind} is not {table.What}, expected keys with values such as '{example}: …'");
            return null;
        }

        var fields = new Fields(table, mapping.Position, diagnostics);
        foreach ((YamlScalar key, YamlNode value) in mapping.Entries)
        {
            if (table.Find(key.Value) is null)
            {
                fields.FailUnknown(key);
                continue;
            }

            fields.Given.Add(key);
            fields._values.Add(key.Value, value);
        }

        return fields;
    }

    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>The place of a key's value, or of the mapping when it was not given.</summary>
    public SourcePosition PositionOf(string name) =>
        _values.TryGetValue(name, out YamlNode? node) ? node.Position : Position;

    /// <summary>Complains when a key that must be there is not.</summary>
    public void Require(string name, SourcePosition at, string expected)
    {
        if (!Has(name))
            Fail(at, $"{Table.What} without '{name}', expected {expected}");
    }

    public YamlNode? Node(string name) => _values.GetValueOrDefault(name);

    public YamlScalar? Scalar(string name, string expected)
    {
        if (Node(name) is not { } node)
            return null;
        if (node is YamlScalar { IsNull: false } scalar)
            return scalar;
        Fail(node.Position, $"'{name}' is {node.Kind}, expected {expected}");
        return null;
    }

    public bool? Flag(string name)
    {
        const string expected = "true or false";
        if (Scalar(name, expected) is not { } scalar)
            return null;
        if (scalar is { IsPlain: true, Value: "true" or "false" })
            return scalar.Value == "true";
        Fail(scalar.Position, $"'{name}' is {Shown(scalar)}, expected {expected}");
        return null;
    }

    public int? Integer(string name, int least, int most)
    {
        string expected = least == most ? $"{least}" : $"a whole number from {least} to {most}";
        if (Scalar(name, expected) is not { } scalar)
            return null;
        if (int.TryParse(scalar.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            && value >= least && value <= most)
        {
            return value;
        }

        Fail(scalar.Position, $"'{name}' is {Shown(scalar)}, expected {expected}");
        return null;
    }

    /// <summary>A number with a unit.</summary>
    public long? Quantity(string name, UnitKind kind, long most, string mostText)
    {
        if (Scalar(name, UnitTable.Example(kind)) is not { } scalar)
            return null;
        if (NumberText.Read(scalar.Value, kind, out long value) is { } wrong)
        {
            Fail(scalar.Position, $"'{name}': {Shown(scalar)} {wrong}");
            return null;
        }

        if (value <= most)
            return value;
        Fail(scalar.Position, $"'{name}' is {Shown(scalar)}, expected at most {mostText}");
        return null;
    }

    /// <summary>One of the words that the table allows; its index among them.</summary>
    public int? Choice(string name)
    {
        ImmutableArray<string> choices = Table[name].Choices;
        return Scalar(name, OneOf(choices)) is { } scalar ? ChoiceOf(name, scalar, choices) : null;
    }

    /// <summary>A list of different words that the table allows, or a single one.</summary>
    public ImmutableArray<int>? ChoiceList(string name)
    {
        ImmutableArray<string> choices = Table[name].Choices;
        if (Node(name) is not { } node)
            return null;
        List<YamlNode> items = node is YamlSequence sequence ? sequence.Items : [node];
        var indices = ImmutableArray.CreateBuilder<int>();
        foreach (YamlNode item in items)
        {
            if (item is not YamlScalar { IsNull: false } scalar)
            {
                Fail(item.Position, $"'{name}' has {item.Kind}, expected {OneOf(choices)}");
                return null;
            }

            if (ChoiceOf(name, scalar, choices) is not { } index)
                return null;
            if (indices.Contains(index))
            {
                Fail(scalar.Position, $"'{name}' has {Shown(scalar)} twice, expected it once");
                return null;
            }

            indices.Add(index);
        }

        if (indices.Count > 0)
            return indices.ToImmutable();
        Fail(node.Position, $"'{name}' is an empty list, expected {OneOf(choices)}");
        return null;
    }

    /// <summary>A list of texts, or a single one.</summary>
    public ImmutableArray<string>? Texts(string name, int most)
    {
        if (Node(name) is not { } node)
            return null;
        List<YamlNode> items = node is YamlSequence sequence ? sequence.Items : [node];
        var texts = ImmutableArray.CreateBuilder<string>();
        foreach (YamlNode item in items)
        {
            if (item is not YamlScalar { IsNull: false } scalar)
            {
                Fail(item.Position, $"'{name}' has {item.Kind}, expected a text");
                return null;
            }

            if (scalar.Value.Contains('\0') || scalar.Value.Contains('\n'))
                Fail(item.Position, $"'{name}' has {Shown(scalar)}, expected a text on one line");
            texts.Add(scalar.Value);
        }

        if (texts.Count is > 0 && texts.Count <= most)
            return texts.ToImmutable();
        Fail(node.Position, $"'{name}' has {texts.Count} entries, expected 1 to {most}");
        return null;
    }

    /// <summary>The entries of a list of mappings; a single mapping counts as a list of one.</summary>
    public List<YamlNode>? Items(string name)
    {
        if (Node(name) is not { } node)
            return null;
        switch (node)
        {
            case YamlSequence sequence:
                return sequence.Items;
            case YamlMapping:
                Fail(node.Position, $"'{name}' is {node.Kind}, expected a list: put '- ' before each of its entries");
                return null;
            default:
                Fail(node.Position, $"'{name}' is {node.Kind}, expected a list: '- ' and an entry on each line");
                return null;
        }
    }

    public CgroupPattern? Pattern(string name, bool mayBeBelowMatch)
    {
        if (Scalar(name, "a cgroup pattern such as \"user.slice/**\"") is not { } scalar)
            return null;
        try
        {
            if (scalar.Value.Length == 0)
                throw new FormatException("is empty, expected a cgroup pattern such as \"user.slice/**\"");
            var pattern = new CgroupPattern(scalar.Value);
            if (!pattern.BelowMatch || mayBeBelowMatch)
                return pattern;
            Fail(
                scalar.Position,
                $"'{name}': {Shown(scalar)} begins with './', which means below the match; here expected a path "
                + "from the root, such as \"user.slice/**\"");
        }
        catch (FormatException e)
        {
            Fail(scalar.Position, $"'{name}': the pattern {Shown(scalar)} {e.Message}");
        }

        return null;
    }

    public ParsedCondition? Condition(string name)
    {
        if (Scalar(name, "a condition such as mem.available < 10%") is not { } scalar)
            return null;
        ParsedCondition? parsed = ParsedCondition.Parse(scalar.Source, _diagnostics);
        Failed |= parsed is null;
        return parsed;
    }

    public void Fail(SourcePosition at, string message)
    {
        Failed = true;
        _diagnostics.Error(at, message);
    }

    /// <summary>Something below was wrong and has been reported.</summary>
    public void MarkFailed() => Failed = true;

    public void Warn(SourcePosition at, string message) => _diagnostics.Warning(at, message);

    public static string Shown(YamlScalar scalar) => Quoted.Of(scalar.Value);

    private int? ChoiceOf(string name, YamlScalar scalar, ImmutableArray<string> choices)
    {
        int index = choices.IndexOf(scalar.Value);
        if (index >= 0)
            return index;
        string meant = Suggestion.DidYouMean(scalar.Value, choices);
        Fail(scalar.Position, $"'{name}' is {Shown(scalar)}, expected {OneOf(choices)}{meant}");
        return null;
    }

    private static string OneOf(ImmutableArray<string> choices) => $"one of {string.Join(", ", choices)}";

    private void FailUnknown(YamlScalar key)
    {
        string meant = Suggestion.DidYouMean(key.Value, Table.Names);
        string expected = meant.Length > 0 ? "" : $", expected one of {string.Join(", ", Table.Names)}";
        Fail(key.Position, $"unknown key {Shown(key)} in {Table.What}{expected}{meant}");
    }
}
