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

    /// <summary>
    /// The keys that were given: in the order of the file, then those that were probably meant by unknown ones.
    /// </summary>
    public List<(string Name, SourcePosition Position)> Given { get; } = [];

    /// <returns>Null when the node is not a mapping at all.</returns>
    public static Fields? Open(YamlNode node, KeyTable table, DiagnosticBag diagnostics)
    {
        if (node is not YamlMapping mapping)
        {
            string read = (node as YamlScalar)?.Value ?? "";
            string example = Suggestion.Nearest(read, table.Names) ?? table.Keys[0].Name;
            diagnostics.Error(
                node.Position, $"{node.Kind} is not {table.What}, expected keys with values such as '{example}: …'");
            return null;
        }

        var fields = new Fields(table, mapping.Position, diagnostics);
        foreach ((YamlScalar key, YamlNode value) in mapping.Entries)
        {
            if (table.Find(key.Value) is not null)
                fields.Take(key.Value, key, value);
        }

        foreach ((YamlScalar key, YamlNode value) in mapping.Entries)
        {
            if (table.Find(key.Value) is null)
                fields.FailUnknown(key, value);
        }

        return fields;
    }

    public bool Has(string name) => _values.ContainsKey(name);

    public bool HasAny(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (Has(name))
                return true;
        }

        return false;
    }

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
        string? meant = scalar.Value.ToLowerInvariant() switch
        {
            "true" or "yes" or "on" or "y" or "1" => "true",
            "false" or "no" or "off" or "n" or "0" => "false",
            _ => null,
        };
        if (scalar.IsPlain && scalar.Value == meant)
            return meant == "true";
        string quotes = scalar.IsPlain ? "" : " in quotes";
        string hint = meant is null ? "" : $"; did you mean {meant}?";
        Fail(scalar.Position, $"'{name}' is {Shown(scalar)}{quotes}, expected {expected}{hint}");
        return meant is null ? null : meant == "true";
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
    /// <param name="name">The key.</param>
    /// <param name="kind">Of which unit.</param>
    /// <param name="most">The most that it may be.</param>
    /// <param name="mostText">The same as it is written.</param>
    /// <param name="or">What else the caller takes: " or max".</param>
    public long? Quantity(string name, UnitKind kind, long most, string mostText, string or = "")
    {
        if (Scalar(name, UnitTable.Example(kind) + or) is not { } scalar)
            return null;
        if (NumberText.Read(scalar.Value, kind, out long value, most: most, or: or) is { } wrong)
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
                continue;
            }

            if (ChoiceOf(name, scalar, choices) is not { } index)
                continue;
            if (indices.Contains(index))
                Fail(scalar.Position, $"'{name}' has {Shown(scalar)} twice, expected it once");
            else
                indices.Add(index);
        }

        if (items.Count == 0)
            Fail(node.Position, $"'{name}' is an empty list, expected {OneOf(choices)}");
        return indices.Count > 0 ? indices.ToImmutable() : null;
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
                continue;
            }

            if (scalar.Value.Contains('\0') || scalar.Value.Contains('\n'))
                Fail(item.Position, $"'{name}' has {Shown(scalar)}, expected a text on one line");
            texts.Add(scalar.Value);
        }

        if (items.Count == 0 || items.Count > most)
            Fail(node.Position, $"'{name}' has {items.Count} entries, expected 1 to {most}");
        return texts.Count > 0 ? texts.ToImmutable() : null;
    }

    /// <summary>The entries of a list of mappings.</summary>
    public List<YamlNode>? Items(string name)
    {
        if (Node(name) is not { } node)
            return null;
        switch (node)
        {
            case YamlSequence sequence:
                return sequence.Items;
            case YamlMapping mapping:
                Fail(node.Position, $"'{name}' is {node.Kind}, expected a list: put '- ' before each of its entries");
                return EntriesMeant(mapping, Table[name].Table!);
            default:
                Fail(node.Position, $"'{name}' is {node.Kind}, expected a list: '- ' and an entry on each line");
                return null;
        }
    }

    /// <summary>The same; every cgroup in the place of a wrong one, of which no more is said then.</summary>
    public CgroupPattern? PatternOrAny(string name, bool mayBeBelowMatch) =>
        Pattern(name, mayBeBelowMatch) ?? (Has(name) ? new CgroupPattern("**") : null);

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
        Failed |= parsed is null or { HasErrors: true };
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

    private void Take(string name, YamlScalar key, YamlNode value)
    {
        Given.Add((name, key.Position));
        _values.Add(name, value);
    }

    /// <summary>
    /// Its value is read as that of the key that was probably meant, so that its mistakes are told too.
    /// </summary>
    private void FailUnknown(YamlScalar key, YamlNode value)
    {
        string? meant = Suggestion.Nearest(key.Value, Table.Names);
        bool isPiece = value is YamlScalar { IsNull: true } && key.Value.AsSpan().IndexOfAny(" ()<>%\"'") >= 0;
        string expected = isPiece ? ": within braces quote a text that has a comma"
            : meant is null ? $", expected one of {string.Join(", ", Table.Names)}"
            : $"; did you mean '{meant}'?";
        Fail(key.Position, $"unknown key {Shown(key)} in {Table.What}{expected}");
        if (meant is not null && !isPiece && !Has(meant))
            Take(meant, key, value);
    }

    /// <summary>
    /// What a mapping in the place of a list was probably meant to be; null when it has none of the keys.
    /// </summary>
    private static List<YamlNode>? EntriesMeant(YamlMapping mapping, KeyTable table)
    {
        var entries = new List<YamlNode>();
        bool known = false;
        foreach ((YamlScalar key, YamlNode value) in mapping.Entries)
        {
            known |= table.Find(key.Value) is not null;
            var entry = new YamlMapping(key.Position);
            entry.Entries.Add((key, value));
            entries.Add(entry);
        }

        return !known ? null : table.HasOneKey ? entries : [mapping];
    }
}
