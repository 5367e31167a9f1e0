using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

namespace PressureD.Cli.Reference;

/// <summary>
/// A generated part for a manual page: headings become subsections, and each row of a table a paragraph with its first
/// cell in front, for which a terminal is wide enough.
/// </summary>
internal static partial class RoffPart
{
    /// <summary>The column that is a sentence; every other one is a remark with the column's name.</summary>
    private const string Sentence = "meaning";

    /// <param name="markdown">What <see cref="PolicyReference"/> makes: headings, tables, single lines.</param>
    internal static string Of(string markdown)
    {
        StringBuilder text = new();
        string[]? columns = null;
        foreach (string line in markdown.Split('\n'))
        {
            if (line.StartsWith("### ", StringComparison.Ordinal))
                text.Append($".SS {Inline(line[4..])}\n");
            else if (!line.StartsWith('|'))
                text.Append(line.Length == 0 ? "" : $"{Inline(line)}\n");
            else if (line.StartsWith("|---", StringComparison.Ordinal))
                continue;
            else if (columns is null)
                columns = Cells(line);
            else
                AppendRow(text, columns, Cells(line));
            if (!line.StartsWith('|'))
                columns = null;
        }

        return text.ToString();
    }

    private static void AppendRow(StringBuilder text, string[] columns, string[] cells)
    {
        text.Append($".TP\n{Inline(cells[0])}\n");
        int sentence = Array.IndexOf(columns, Sentence);
        IEnumerable<string> remarks = Enumerable.Range(1, cells.Length - 1)
            .Where(column => column != sentence && cells[column].Length > 0)
            .Select(column => $"{columns[column]}: {cells[column]}");
        string rest = string.Join("; ", remarks);
        if (sentence > 0)
            text.Append($"{Inline(cells[sentence])}\n");
        if (rest.Length > 0)
            text.Append($"{Inline(sentence > 0 ? $"({rest})" : rest)}\n");
    }

    private static string[] Cells(string row) =>
        [.. Bar().Split(row.Trim()[1..^1]).Select(static cell => cell.Trim().Replace("\\|", "|"))];

    private static string Inline(string markdown)
    {
        string text = Link().Replace(markdown, "$1").Replace("\\", "\\e", StringComparison.Ordinal);
        text = Strong().Replace(text, "\\fI$1\\fR");
        text = Code().Replace(
            text, static match => $"\\fB{match.Groups[1].Value.Replace("-", "\\-", StringComparison.Ordinal)}\\fR");

        // At the beginning of a line these two begin a request.
        return text.StartsWith('.') || text.StartsWith('\'') ? $"\\&{text}" : text;
    }

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Bar();

    [GeneratedRegex(@"\[([^\]]+)\]\(#[^)]+\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\*\*([^*]+)\*\*")]
    private static partial Regex Strong();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
