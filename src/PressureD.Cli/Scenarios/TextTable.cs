using System.Collections.Generic;
using System.Linq;
using System.Text;
using PressureD.Cli.Commands;

namespace PressureD.Cli.Scenarios;

/// <summary>
/// Lines of cells as text in columns: the first to the left, the others to the right. Cells may be names that others
/// chose.
/// </summary>
internal static class TextTable
{
    internal static string Render(IReadOnlyList<string[]> lines)
    {
        lines = lines.Select(static line => line.Select(NameText.Of).ToArray()).ToArray();
        int[] widths = Enumerable.Range(0, lines[0].Length).Select(i => lines.Max(line => line[i].Length)).ToArray();
        StringBuilder text = new();
        foreach (string[] line in lines)
        {
            IEnumerable<string> cells = line.Select(
                (cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]));
            text.AppendLine(string.Join("  ", cells).TrimEnd());
        }

        return text.ToString();
    }
}
