using System;

namespace PressureD.Core.Policy;

/// <summary>A piece of text from a file that knows where each of its characters stands there.</summary>
public sealed class SourceText
{
    private readonly Func<int, SourcePosition> _locate;

    /// <param name="text">The text.</param>
    /// <param name="start">Where its first character stands; the text is on one line.</param>
    public SourceText(string text, SourcePosition start)
        : this(text, offset => start with { Column = start.Column + offset })
    {
    }

    /// <param name="text">The text.</param>
    /// <param name="locate">
    /// Gives the place of a character by its offset, from 0 to the text's length: for text that is folded over several
    /// lines.
    /// </param>
    public SourceText(string text, Func<int, SourcePosition> locate)
    {
        Text = text;
        _locate = locate;
    }

    public string Text { get; }

    /// <summary>The place of a character; offsets past the end are those of the end.</summary>
    public SourcePosition At(int offset) => _locate(Math.Clamp(offset, 0, Text.Length));
}
