using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace PressureD.Cli.Tests.Reference;

/// <summary>docs/policy-language.md, taken apart.</summary>
internal static partial class Page
{
    internal static string Path => Repository.PathOf("docs", "policy-language.md");

    internal static string Text { get; } = File.ReadAllText(Path);

    /// <summary>Every block of YAML: each is a policy.</summary>
    internal static List<string> Examples() =>
        Block().Matches(Text).Select(match => match.Groups[1].Value).ToList();

    /// <summary>The code in the last column of the tables that show other killers' settings beside ours.</summary>
    internal static List<string> Equivalents()
    {
        string tables = Text[Text.IndexOf("## From other killers", System.StringComparison.Ordinal)..];
        return tables.Split('\n')
            .Where(line => line.StartsWith("| ", System.StringComparison.Ordinal) && !line.StartsWith("| there"))
            .SelectMany(line => Code().Matches(line.TrimEnd('|', ' ').Split(" | ")[^1]).Select(match => match.Groups[1].Value))
            .ToList();
    }

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
