using System;
using System.Collections.Generic;
using System.Globalization;
using PressureD.Core.Policy;
using PressureD.Core.Policy.Expressions;
using PressureD.Yaml.Documents;
using PressureD.Yaml.Policies;

namespace PressureD.Simulation.ScenarioFiles;

/// <summary>The kinds of values that scenario files have beyond those of policies.</summary>
internal static class FieldValues
{
    private const long MostBytes = 1L << 50;
    private const long DayUsec = 24L * 3_600_000_000;

    public static long? Duration(this Fields fields, string name) =>
        fields.Quantity(name, UnitKind.Duration, DayUsec, "24 h");

    /// <summary>A moment of the run. What were to come after its end would come to nothing.</summary>
    /// <param name="fields">Of these.</param>
    /// <param name="name">The key.</param>
    /// <param name="endUsec">When the run ends.</param>
    /// <param name="isBefore">The end itself is too late.</param>
    public static long? Moment(this Fields fields, string name, long endUsec, bool isBefore = false)
    {
        var usec = fields.Duration(name);
        if (usec > endUsec || (isBefore && usec == endUsec))
            fields.Fail(fields.PositionOf(name),
                $"'{name}' is {QuantityText.Duration(usec.Value)}, expected {(isBefore ? "less than" : "at most")} the "
                + $"scenario's duration of {QuantityText.Duration(endUsec)}");
        return usec;
    }

    public static long? Size(this Fields fields, string name) =>
        fields.Quantity(name, UnitKind.Bytes, MostBytes, "1024 TiB");

    public static long? Speed(this Fields fields, string name) =>
        fields.Quantity(name, UnitKind.BytesPerSecond, MostBytes, "1024 TiB/s");

    /// <summary>Whole times a second.</summary>
    public static long? Frequency(this Fields fields, string name) =>
        fields.Quantity(name, UnitKind.CountPerSecond, 1_000_000_000_000, "1000000000/s") / 1000;

    /// <summary>Millionths.</summary>
    public static long? Share(this Fields fields, string name, long mostPercent = 100) =>
        fields.Quantity(name, UnitKind.Percent, mostPercent * 10_000, $"{mostPercent}%");

    public static string? Text(this Fields fields, string name) => fields.Scalar(name, "a text")?.Value;

    /// <summary>A whole number that may be negative.</summary>
    public static int? Signed(this Fields fields, string name, int least, int most)
    {
        if (fields.Scalar(name, $"a whole number from {least} to {most}") is not { } scalar) return null;
        if (int.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most)
            return number;
        fields.Fail(scalar.Position,
            $"'{name}' is {Fields.Shown(scalar)}, expected a whole number from {least} to {most}");
        return null;
    }

    /// <summary>A list of texts, or a single one; empty when it was not given.</summary>
    public static IReadOnlyList<YamlScalar> Texts(this Fields fields, string name)
    {
        if (fields.Node(name) is not { } node) return [];
        var texts = new List<YamlScalar>();
        var items = node is YamlSequence sequence ? sequence.Items : [node];
        foreach (var item in items)
        {
            if (item is YamlScalar { IsNull: false } scalar) texts.Add(scalar);
            else fields.Fail(item.Position, $"'{name}' has {item.Kind}, expected a text");
        }

        return texts;
    }

    /// <summary>The entries of a mapping whose keys are free.</summary>
    public static IReadOnlyList<(YamlScalar Key, YamlNode Value)> Entries(this Fields fields, string name)
    {
        if (fields.Node(name) is not { } node) return [];
        if (node is YamlMapping mapping) return mapping.Entries;
        fields.Fail(node.Position, $"'{name}' is {node.Kind}, expected keys with values");
        return [];
    }

    /// <summary>A cgroup's path, with a leading slash whatever was written.</summary>
    public static string? CgroupPath(this Fields fields, string name)
    {
        if (fields.Scalar(name, "a cgroup such as system.slice/db.service") is not { } scalar) return null;
        var path = scalar.Value.Trim('/');
        foreach (var part in path.Split('/'))
        {
            var wrong = part.Length == 0 && path.Length > 0 ? "has an empty component"
                : part is "." or ".." ? "has a component that names no cgroup"
                : part.Length > 255 ? "has a component of more than 255 bytes"
                : part.Contains('*', StringComparison.Ordinal) ? "is a pattern"
                : null;
            if (wrong is null) continue;
            fields.Fail(scalar.Position, $"'{name}': {Fields.Shown(scalar)} {wrong}, expected one cgroup's path");
            return null;
        }

        return "/" + path;
    }

    /// <summary>
    /// The same where a path is always from the root, so that a slash says that something else was meant.
    /// </summary>
    public static string? RelativePath(this Fields fields, string name)
    {
        if (fields.Node(name) is YamlScalar { Value: ['/', _, ..] } scalar)
            fields.Fail(scalar.Position, $"'{name}' is {Fields.Shown(scalar)}, expected it without a leading slash; "
                + $"did you mean {Quoted.Of(scalar.Value.TrimStart('/'))}?");
        return fields.CgroupPath(name);
    }

    /// <summary>What is written into a control file: a size becomes bytes, everything else stays.</summary>
    public static string ControlValue(string text) =>
        NumberText.Read(text, UnitKind.Bytes, out var bytes) is null
            ? bytes.ToString(CultureInfo.InvariantCulture) : text;
}
