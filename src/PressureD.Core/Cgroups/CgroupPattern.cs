using System;
using System.Text;

namespace PressureD.Core.Cgroups;

/// <summary>
/// A pattern over cgroup paths: <c>*</c> is any text within one component, <c>**</c> any number of components,
/// <c>{a,b}</c> alternatives, <c>?</c> any one byte. <c>**</c> alone is every cgroup below the root and the root
/// itself; <c>a/**</c> is everything below a, not a; <c>/</c> is the root alone.
/// </summary>
public sealed class CgroupPattern : IEquatable<CgroupPattern>
{
    /// <summary>As long as a path can be (PATH_MAX).</summary>
    public const int MaxLength = 4096;

    /// <summary>Each further one multiplies the work of a match by the depth of the tree.</summary>
    private const int MaxAnyDepth = 3;

    private readonly byte[][] _alternatives;

    /// <param name="text">As in the policy, without a leading slash; "./" at its start means: below the match.</param>
    /// <exception cref="FormatException">
    /// No cgroup can match it: the message says why, in words that follow the pattern quoted.
    /// </exception>
    public CgroupPattern(string text)
    {
        Text = text;
        BelowMatch = text.StartsWith("./", StringComparison.Ordinal);
        string body = BelowMatch ? text[2..] : text.TrimStart('/');
        if (text.Length > MaxLength)
            throw new FormatException($"has {text.Length} characters, expected at most {MaxLength}");
        var expanded = BraceExpansion.Expand(body);
        _alternatives = new byte[expanded.Count][];
        for (int i = 0; i < expanded.Count; i++)
        {
            Check(expanded[i]);
            _alternatives[i] = Encoding.UTF8.GetBytes(expanded[i]);
        }
    }

    public string Text { get; }

    /// <summary>Whether paths are taken relative to the rule's match.</summary>
    public bool BelowMatch { get; }

    /// <summary>What it stands for without braces, and without "./".</summary>
    internal string[] Alternatives => Array.ConvertAll(_alternatives, Encoding.UTF8.GetString);

    /// <summary>Whether a path, without a leading slash and empty for the root, matches.</summary>
    public bool IsMatch(ReadOnlySpan<byte> path)
    {
        foreach (byte[] alternative in _alternatives)
        {
            if (Match(alternative, path))
                return true;
        }

        return false;
    }

    private static void Check(string alternative)
    {
        if (alternative.Length == 0)
            return;
        int anyDepth = 0;
        foreach (string part in alternative.Split('/'))
        {
            if (part.Length == 0)
                throw new FormatException("has an empty part between slashes or at its end, expected names such as "
                    + "a/b");
            if (part is "." or "..")
                throw new FormatException($"has the part '{part}', which no cgroup is called, expected the path "
                    + "from the root");
            if (part == "**")
                anyDepth++;
            else if (part.Contains("**", StringComparison.Ordinal))
                throw new FormatException($"has '**' within '{part}', expected '**' alone between slashes, or one '*'");
            if (part.AsSpan().IndexOfAny('[', ']') >= 0)
                throw new FormatException("has '[' or ']', expected alternatives such as {a,b}");
            if (part.Length > 255)
                throw new FormatException("has a part of more than 255 characters, which no cgroup's name has, "
                    + "expected less");
            foreach (char c in part)
            {
                if (char.IsControl(c))
                    throw new FormatException("has a control character, expected '?' in its place");
            }
        }

        if (anyDepth > MaxAnyDepth)
            throw new FormatException($"has '**' {anyDepth} times, expected it at most {MaxAnyDepth} times; '*' is "
                + "one name");
    }

    private static bool Match(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> path)
    {
        int slash = pattern.IndexOf((byte)'/');
        ReadOnlySpan<byte> head = slash < 0 ? pattern : pattern[..slash];
        if (head.SequenceEqual("**"u8))
            return slash < 0 || MatchAnyDepth(pattern[(slash + 1)..], path);

        // The root has no name, so that no "*" stands for it.
        if (path.IsEmpty)
            return pattern.IsEmpty;
        int pathSlash = path.IndexOf((byte)'/');
        ReadOnlySpan<byte> pathHead = pathSlash < 0 ? path : path[..pathSlash];
        if (!MatchComponent(head, pathHead))
            return false;
        if (slash < 0)
            return pathSlash < 0;
        ReadOnlySpan<byte> rest = pattern[(slash + 1)..];
        if (pathSlash < 0)
            return false;
        return Match(rest, path[(pathSlash + 1)..]);
    }

    private static bool MatchAnyDepth(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> path)
    {
        while (true)
        {
            if (Match(pattern, path))
                return true;
            int slash = path.IndexOf((byte)'/');
            if (slash < 0)
                return false;
            path = path[(slash + 1)..];
        }
    }

    private static bool MatchComponent(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text)
    {
        // The classic two-pointer match: on a mismatch the last star takes one more byte.
        int p = 0, t = 0, star = -1, mark = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                mark = t;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == text[t]))
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++mark;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*')
            p++;
        return p == pattern.Length;
    }

    /// <summary>Patterns with the same text are the same.</summary>
    public bool Equals(CgroupPattern? other) => other is not null && Text == other.Text;

    public override bool Equals(object? obj) => Equals(obj as CgroupPattern);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
}
