using System;
using System.Text.RegularExpressions;

namespace PressureD.Core.Policy;

/// <summary>A regular expression over a process's text, with a bound on the time it may take.</summary>
public sealed class TextPattern : IEquatable<TextPattern>
{
    /// <summary>
    /// The bound is on time that passes, and on a machine that thrashes it can pass while nothing runs. Whoever is to
    /// blame must not count as protected for that, so a match that was cut short is tried again so often.
    /// </summary>
    private const int MoreTries = 2;

    private readonly Regex _regex;

    /// <summary>It was slow by itself, each time: then one time is enough.</summary>
    private bool _isSlow;

    /// <exception cref="ArgumentException">The text is not a regular expression.</exception>
    public TextPattern(string text)
        : this(text, new Regex(text, RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(20)))
    {
    }

    internal TextPattern(string text, Regex regex)
    {
        Text = text;
        _regex = regex;
    }

    public string Text { get; }

    /// <summary>Whether it is found anywhere in the text.</summary>
    /// <exception cref="RegexMatchTimeoutException">
    /// It took longer than 20 ms, three times; the caller treats that as a match of protect.
    /// </exception>
    public bool IsMatch(ReadOnlySpan<char> text)
    {
        int more = _isSlow ? 0 : MoreTries;
        while (true)
        {
            try
            {
                return _regex.IsMatch(text);
            }
            catch (RegexMatchTimeoutException)
            {
                if (more-- > 0)
                    continue;
                _isSlow = true;
                throw;
            }
        }
    }

    /// <summary>Patterns with the same text are the same.</summary>
    public bool Equals(TextPattern? other) => other is not null && Text == other.Text;

    public override bool Equals(object? obj) => Equals(obj as TextPattern);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
}
