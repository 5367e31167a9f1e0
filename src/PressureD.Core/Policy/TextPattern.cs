using System;
using System.Text.RegularExpressions;

namespace PressureD.Core.Policy;

/// <summary>A regular expression over a process's text, with a bound on the time it may take.</summary>
public sealed class TextPattern : IEquatable<TextPattern>
{
    private readonly Regex _regex;

    /// <exception cref="ArgumentException">The text is not a regular expression.</exception>
    public TextPattern(string text)
    {
        Text = text;
        _regex = new Regex(text, RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(20));
    }

    public string Text { get; }

    /// <summary>Whether it is found anywhere in the text.</summary>
    /// <exception cref="RegexMatchTimeoutException">
    /// It took longer than 20 ms; the caller treats that as a match of protect.
    /// </exception>
    public bool IsMatch(ReadOnlySpan<char> text) => _regex.IsMatch(text);

    /// <summary>Patterns with the same text are the same.</summary>
    public bool Equals(TextPattern? other) => other is not null && Text == other.Text;

    public override bool Equals(object? obj) => Equals(obj as TextPattern);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
}
