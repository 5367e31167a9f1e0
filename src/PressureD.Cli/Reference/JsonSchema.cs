using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using PressureD.Core.Policy.Expressions;
using PressureD.Core.Publishing;
using PressureD.Simulation.ScenarioFiles;
using PressureD.Yaml.Schema;

namespace PressureD.Cli.Reference;

/// <summary>
/// Policy and scenario files as JSON Schemas, for editors, from the tables that the readers use. What a schema cannot
/// say, such as whether a condition's units agree, only the reader knows.
/// </summary>
internal static class JsonSchema
{
    /// <summary>The dialect that the YAML language servers of editors know best.</summary>
    private const string Dialect = "http://json-schema.org/draft-07/schema#";

    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = PlainJsonEncoder.Instance,
    };

    internal static string OfPolicies() => Render("PressureD policy", PolicySchema.Top);

    internal static string OfScenarios() => Render("PressureD scenario", ScenarioSchema.Top);

    private static string Render(string title, KeyTable top)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("$schema", Dialect);
            writer.WriteString("title", title);
            WriteTable(writer, top);
            writer.WriteStartObject("definitions");
            foreach (KeyTable table in Tables.Below(top))
            {
                writer.WriteStartObject(NameOf(table));
                WriteTable(writer, table);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void WriteTable(Utf8JsonWriter writer, KeyTable table)
    {
        writer.WriteString("type", "object");
        writer.WriteBoolean("additionalProperties", false);
        if (table.HasOneKey)
        {
            writer.WriteNumber("minProperties", 1);
            writer.WriteNumber("maxProperties", 1);
        }

        IEnumerable<KeySpec> required = table.Keys.Where(key => key.Required && key.NotNeededWith.IsEmpty);
        WriteNames(writer, "required", required.Select(key => key.Name));
        writer.WriteStartObject("properties");
        foreach (KeySpec key in table.Keys)
        {
            writer.WriteStartObject(key.Name);
            writer.WriteString("description", key.Summary);
            WriteType(writer, key);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        WriteConditionallyRequired(writer, table);
    }

    /// <summary>Keys that are needed unless another one is true: those of a rule that changes an earlier one.</summary>
    private static void WriteConditionallyRequired(Utf8JsonWriter writer, KeyTable table)
    {
        List<KeySpec> keys = table.Keys.Where(key => key.Required && !key.NotNeededWith.IsEmpty).ToList();
        if (keys.Count == 0)
            return;
        writer.WriteStartArray("anyOf");
        writer.WriteStartObject();
        WriteNames(writer, "required", keys.Select(key => key.Name));
        writer.WriteEndObject();
        foreach (string other in keys.SelectMany(key => key.NotNeededWith).Distinct())
        {
            writer.WriteStartObject();
            WriteNames(writer, "required", [other]);
            writer.WriteStartObject("properties");
            writer.WriteStartObject(other);
            writer.WriteBoolean("const", true);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteType(Utf8JsonWriter writer, KeySpec key)
    {
        switch (key.Type)
        {
            case KeyType.CgroupPattern when key.Table is { } table:
                WritePatternOrKeys(writer, table);
                break;
            case KeyType.Text:
                WriteNames(writer, "type", ["string", "number", "boolean"]);
                break;
            case KeyType.Condition or KeyType.Unit:
                writer.WriteString("type", "string");
                writer.WriteNumber("minLength", 1);
                break;
            case KeyType.CgroupPattern or KeyType.Regex:
                WriteNames(writer, "type", ["string", "number", "boolean"]);
                writer.WriteNumber("minLength", 1);
                break;
            case KeyType.Name:
                WriteNames(writer, "type", ["string", "integer", "boolean"]);
                writer.WriteString("pattern", "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$");
                writer.WriteNumber("maxLength", 64);
                break;
            case KeyType.User:
                WriteNames(writer, "type", ["string", "integer"]);
                break;
            case KeyType.Flag:
                writer.WriteString("type", "boolean");
                break;
            case KeyType.Integer:
                WriteNames(writer, "type", ["integer", "string"]);
                writer.WriteNumber("minimum", 0);
                writer.WriteString("pattern", "^[0-9]+$");
                break;
            case KeyType.Duration:
                WriteNumberWithUnit(writer, UnitKind.Duration);
                break;
            case KeyType.Size:
                WriteNumberWithUnit(writer, UnitKind.Bytes);
                break;
            case KeyType.Speed:
                WriteNumberWithUnit(writer, UnitKind.BytesPerSecond);
                break;
            case KeyType.Frequency:
                WriteNumberWithUnit(writer, UnitKind.CountPerSecond);
                break;
            case KeyType.TextList:
                WriteOneOrManyTexts(writer);
                break;
            case KeyType.Share:
                WriteNumberWithUnit(writer, UnitKind.Bytes, UnitKind.Percent);
                break;
            case KeyType.Limit:
                WriteLimit(writer);
                break;
            case KeyType.Percentage:
                WriteNumberWithUnit(writer, UnitKind.Percent);
                break;
            case KeyType.Choice:
                WriteChoices(writer, key.Choices);
                break;
            case KeyType.ChoiceList:
                WriteOneOrMany(writer, key);
                break;
            case KeyType.Mapping when key.Table is null:
                writer.WriteString("type", "object");
                break;
            case KeyType.Mapping:
                writer.WriteString("$ref", Reference(key.Table));
                break;
            case KeyType.Policy:
                WriteNames(writer, "type", ["string", "object", "array"]);
                break;
            case KeyType.MappingList when key.OrText:
                WriteListOrText(writer, key.Table!);
                break;
            case KeyType.MappingList:
                writer.WriteString("type", "array");
                if (key.Required)
                    writer.WriteNumber("minItems", 1);
                writer.WriteStartObject("items");
                writer.WriteString("$ref", Reference(key.Table!));
                writer.WriteEndObject();
                break;
            default:
                throw new InvalidOperationException($"no JSON Schema for a {key.Type}");
        }
    }

    private static void WritePatternOrKeys(Utf8JsonWriter writer, KeyTable table)
    {
        writer.WriteStartArray("anyOf");
        writer.WriteStartObject();
        writer.WriteString("type", "string");
        writer.WriteNumber("minLength", 1);
        writer.WriteEndObject();
        writer.WriteStartObject();
        writer.WriteString("$ref", Reference(table));
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void WriteListOrText(Utf8JsonWriter writer, KeyTable table)
    {
        writer.WriteStartArray("anyOf");
        writer.WriteStartObject();
        WriteNames(writer, "type", ["string", "number"]);
        writer.WriteEndObject();
        writer.WriteStartObject();
        writer.WriteString("type", "array");
        writer.WriteStartObject("items");
        writer.WriteStartArray("anyOf");
        writer.WriteStartObject();
        WriteNames(writer, "type", ["string", "number"]);
        writer.WriteEndObject();
        writer.WriteStartObject();
        writer.WriteString("$ref", Reference(table));
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    /// <summary>Words that YAML takes for flags or numbers when they have no quotes are those as well.</summary>
    private static void WriteChoices(Utf8JsonWriter writer, IReadOnlyList<string> choices)
    {
        writer.WriteStartArray("enum");
        foreach (string choice in choices)
        {
            writer.WriteStringValue(choice);
            if (choice is "true" or "false")
                writer.WriteBooleanValue(choice == "true");
            else if (decimal.TryParse(choice, CultureInfo.InvariantCulture, out decimal number))
                writer.WriteNumberValue(number);
        }

        writer.WriteEndArray();
    }

    private static void WriteOneOrMany(Utf8JsonWriter writer, KeySpec key)
    {
        writer.WriteStartArray("anyOf");
        writer.WriteStartObject();
        WriteNames(writer, "enum", key.Choices);
        writer.WriteEndObject();
        writer.WriteStartObject();
        writer.WriteString("type", "array");
        writer.WriteNumber("minItems", 1);
        writer.WriteBoolean("uniqueItems", true);
        writer.WriteStartObject("items");
        WriteNames(writer, "enum", key.Choices);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void WriteOneOrManyTexts(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("anyOf");
        writer.WriteStartObject();
        WriteNames(writer, "type", ["string", "number", "boolean"]);
        writer.WriteEndObject();
        writer.WriteStartObject();
        writer.WriteString("type", "array");
        writer.WriteNumber("minItems", 1);
        writer.WriteStartObject("items");
        WriteNames(writer, "type", ["string", "number", "boolean"]);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void WriteLimit(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("anyOf");
        writer.WriteStartObject();
        WriteNumberWithUnit(writer, UnitKind.Bytes);
        writer.WriteEndObject();
        writer.WriteStartObject();
        WriteNames(writer, "enum", ["max"]);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void WriteNumberWithUnit(Utf8JsonWriter writer, params UnitKind[] kinds)
    {
        string units = string.Join('|', kinds.SelectMany(UnitTable.Of).Select(Regex.Escape));
        WriteNames(writer, "type", ["string", "integer"]);
        writer.WriteString("pattern", $@"^\s*([0-9]+(\.[0-9]+)?\s*({units})|0)\s*$");

        // Without a unit nothing but 0; this is about numbers, the pattern about texts.
        writer.WriteNumber("minimum", 0);
        writer.WriteNumber("maximum", 0);
    }

    private static void WriteNames(Utf8JsonWriter writer, string property, IEnumerable<string> names)
    {
        writer.WriteStartArray(property);
        foreach (string name in names)
            writer.WriteStringValue(name);
        writer.WriteEndArray();
    }

    private static string Reference(KeyTable table) => $"#/definitions/{NameOf(table)}";

    private static string NameOf(KeyTable table)
    {
        string[] words = table.What.Split(' ');
        return string.Join('-', words[0] is "a" or "an" or "the" ? words[1..] : words);
    }
}
