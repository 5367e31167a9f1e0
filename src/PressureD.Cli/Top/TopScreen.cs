using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace PressureD.Cli.Top;

/// <summary>
/// A terminal while a picture stands on it: the alternate screen, without a cursor and without wrapping; as it was
/// before when disposed.
/// </summary>
internal sealed class TopScreen : IDisposable
{
    private const string Enter = "\e[?1049h\e[?25l\e[?7l";
    private const string Leave = "\e[?7h\e[?25h\e[?1049l";
    private const string ToTop = "\e[H";
    private const string EndOfLine = "\e[K";
    private const string Reverse = "\e[7m";
    private const string Plain = "\e[0m";

    private readonly TextWriter _terminal;

    internal TopScreen(TextWriter terminal)
    {
        _terminal = terminal;
        Begin();
    }

    public void Dispose() => Write(Leave);

    /// <summary>Takes the terminal, once more after somebody else may have had it.</summary>
    internal void Begin() => Write(Enter);

    /// <summary>Draws lines from the top, in one write, so that nothing flickers.</summary>
    /// <param name="lines">As many as the terminal has.</param>
    /// <param name="marked">The line that is shown in reverse.</param>
    internal void Draw(IReadOnlyList<string> lines, int marked)
    {
        StringBuilder text = new(ToTop);
        for (int i = 0; i < lines.Count; i++)
        {
            text.Append(i == 0 ? "" : "\r\n")
                // Cleared first: after a full line the cursor stands on its last character.
                .Append(EndOfLine)
                .Append(i == marked ? Reverse : "").Append(lines[i]).Append(i == marked ? Plain : "");
        }

        Write(text.ToString());
    }

    private void Write(string text)
    {
        _terminal.Write(text);
        _terminal.Flush();
    }
}
