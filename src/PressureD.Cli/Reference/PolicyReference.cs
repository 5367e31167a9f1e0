using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using PressureD.Core.Policy;
using PressureD.Core.Policy.Expressions;
using PressureD.Simulation.ScenarioFiles;
using PressureD.Yaml.Schema;

namespace PressureD.Cli.Reference;

/// <summary>
/// The parts of docs/policy-language.md, docs/simulation.md and the manual pages that come from tables. Each stands
/// there between two marks, which a page may place where it likes; what is around them is written by hand.
/// </summary>
internal static class PolicyReference
{
    private const string End = "<!-- end -->";

    /// <summary>The page, in Markdown or, when it begins with a request, in roff, with every generated part made anew.
    /// </summary>
    /// <exception cref="InvalidDataException">A mark names no part, or has no end.</exception>
    internal static string Update(string page)
    {
        const string Begin = "<!-- generated: ";
        var text = new StringBuilder();
        bool isRoff = page.StartsWith('.');
        int from = 0;
        while (page.IndexOf(Begin, from, StringComparison.Ordinal) is var at and >= 0)
        {
            int nameEnd = page.IndexOf(" -->\n", at, StringComparison.Ordinal);
            int end = page.IndexOf(End, at, StringComparison.Ordinal);
            if (nameEnd < 0 || end < nameEnd)
                throw new InvalidDataException($"'{page[at..Math.Min(at + 40, page.Length)]}' has no end");
            string name = page[(at + Begin.Length)..nameEnd];
            text.Append(page, from, nameEnd + " -->\n".Length - from);
            text.Append(isRoff ? RoffPart.Of(Part(name)) : $"\n{Part(name)}\n");

            // In roff the mark is a comment, and the line begins before it.
            from = page.LastIndexOf('\n', end) + 1;
        }

        return text.Append(page, from, page.Length - from).ToString();
    }

    private static string Part(string name) => name switch
    {
        "keys" => Keys(PolicySchema.Top),
        "scenario-keys" => Keys(ScenarioSchema.Top),
        "metrics" => Metrics(),
        "units" => Units(),
        "operators" => Operators(),
        "functions" => Functions(),
        _ => throw new InvalidDataException($"there is no generated part '{name}'"),
    };

    private static string Keys(KeyTable top)
    {
        var text = new StringBuilder();
        AppendTable(text, top);
        foreach (KeyTable table in Tables.Below(top))
            AppendTable(text.Append('\n'), table);
        return text.ToString();
    }

    private static void AppendTable(StringBuilder text, KeyTable table)
    {
        text.Append($"### {char.ToUpperInvariant(table.What[0])}{table.What[1..]}\n\n");
        if (table.HasOneKey)
            text.Append("Exactly one of these.\n\n");
        text.Append("| key | value | meaning |\n|---|---|---|\n");
        foreach (KeySpec key in table.Keys)
            text.Append($"| `{key.Name}` | {Value(key)} | {Cell(key.Summary)}{Needed(key)} |\n");
    }

    private static string Needed(KeySpec key)
    {
        if (!key.Required)
            return "";
        string but = string.Join(" or ", key.NotNeededWith.Select(other => $"`{other}`"));
        return but.Length == 0 ? " **Required.**" : $" **Required**, but with {but}.";
    }

    private static string Value(KeySpec key) => key.Type switch
    {
        KeyType.Text => "text",
        KeyType.Name => "name: `a-z`, `0-9` and `-`",
        KeyType.Flag => "`true` or `false`",
        KeyType.Integer => "whole number",
        KeyType.Duration => "duration",
        KeyType.Size => "size",
        KeyType.Speed => "speed",
        KeyType.Frequency => "rate",
        KeyType.TextList => "a text or a list of texts",
        KeyType.Share => "size or percentage",
        KeyType.Limit => "size or `max`",
        KeyType.Percentage => "percentage",
        KeyType.Condition => "condition",
        KeyType.CgroupPattern when key.Table is { } table => $"cgroup pattern, or {Link(table)}",
        KeyType.CgroupPattern => "cgroup pattern",
        KeyType.Regex => "regular expression",
        KeyType.Unit => "unit name",
        KeyType.User => "user name or number",
        KeyType.Choice => string.Join(", ", key.Choices.Select(choice => $"`{choice}`")),
        KeyType.ChoiceList => "one or a list of " + string.Join(", ", key.Choices.Select(choice => $"`{choice}`")),
        KeyType.Mapping when key.Table is null => "keys with values",
        KeyType.Mapping => Link(key.Table),
        KeyType.MappingList => $"list of: {Link(key.Table!)}{(key.OrText ? ", or text" : "")}",
        KeyType.Policy => "policy",
        _ => throw new InvalidOperationException($"no words for a {key.Type}"),
    };

    private static string Link(KeyTable table) => $"[{table.What}](#{table.What.ToLowerInvariant().Replace(' ', '-')})";

    private static string Metrics()
    {
        var text = new StringBuilder("| metric | of | unit | % of | meaning |\n|---|---|---|---|---|\n");
        foreach (Metric metric in MetricCatalog.All)
        {
            string share = metric.PercentOf.Length > 0 ? $"`{metric.PercentOf}`" : "";
            text.Append($"| `{metric.Name}` | {Scope(metric.Scope)} | {Unit(metric.Unit)} ")
                .Append($"| {share} | {Cell(metric.Summary)} |\n");
        }

        return text.ToString();
    }

    private static string Scope(MetricScope scope) => scope switch
    {
        MetricScope.Host => "machine",
        MetricScope.Cgroup => "cgroup",
        _ => "both",
    };

    private static string Unit(MetricUnit unit) => unit switch
    {
        MetricUnit.Ratio => "percentage",
        MetricUnit.Bytes => "size",
        MetricUnit.Duration => "duration",
        MetricUnit.BytesPerSecond => "speed",
        MetricUnit.CountPerSecond => "rate",
        _ => "number",
    };

    private static string Operators()
    {
        var text = new StringBuilder("| form | meaning | for example |\n|---|---|---|\n");
        foreach (ConditionOperator row in OperatorCatalog.All)
        {
            string forms = string.Join(", ", row.Form.Split(", ").Select(form => $"`{form}`"));
            text.Append($"| {forms} | {Cell(row.Summary)} | `{row.Example}` |\n");
        }

        return text.ToString();
    }

    private static string Functions()
    {
        var text = new StringBuilder("| function | gives | meaning | for example |\n|---|---|---|---|\n");
        foreach (ConditionFunction row in FunctionCatalog.All)
        {
            string gives = row.IsCondition ? "a condition" : $"a value; its unit: {row.UnitRule}";
            text.Append($"| `{row.Signature}` | {Cell(gives)} | {Cell(row.Summary)} | `{row.Example}` |\n");
        }

        return text.ToString();
    }

    private static string Units()
    {
        var text = new StringBuilder("| what | units | for example |\n|---|---|---|\n");
        foreach (UnitKind kind in Enum.GetValues<UnitKind>())
        {
            IEnumerable<string> units = UnitTable.Of(kind).Select(unit => unit.Length == 0 ? "none" : $"`{unit}`");
            (string what, string example) = Words(UnitTable.Example(kind));
            text.Append($"| {what} | {string.Join(", ", units)} | `{example}` |\n");
        }

        return text.ToString();
    }

    /// <summary>"a percentage such as 10%" → ("percentage", "10%").</summary>
    private static (string What, string Example) Words(string phrase)
    {
        string[] parts = phrase.Split(" such as ");
        return (parts[0][(parts[0].IndexOf(' ', StringComparison.Ordinal) + 1)..], parts[1]);
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
