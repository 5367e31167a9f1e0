using System;
using PressureD.Core.Policy;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace PressureD.Yaml.Documents;

/// <summary>
/// Finds the place in the file of a character of a value. Folding changes spaces and line breaks alone, so the n-th
/// letter of the value is the n-th letter in the file.
/// </summary>
internal static class ScalarPlaces
{
    public static SourceText Map(YamlText text, Scalar scalar)
    {
        int start = ContentStart(text.Text, scalar);
        int end = (int)Math.Min(scalar.End.Index, text.Text.Length);
        bool escaped =
            scalar.Style == ScalarStyle.DoubleQuoted && text.Text.IndexOf('\\', start, Math.Max(0, end - start)) >= 0;
        string value = scalar.Value;

        // Escapes are not undone letter by letter: their values are pointed at as a whole.
        if (escaped)
            return new SourceText(value, _ => text.At((int)scalar.Start.Index));
        return new SourceText(value, offset => text.At(Find(text.Text, start, value, offset, scalar.Style)));
    }

    private static int ContentStart(string text, Scalar scalar)
    {
        int start = (int)scalar.Start.Index;
        switch (scalar.Style)
        {
            case ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted:
                return Math.Min(start + 1, text.Length);
            case ScalarStyle.Literal or ScalarStyle.Folded:
                int headerEnd = text.AsSpan(start).IndexOfAny('\n', '\r');
                return headerEnd < 0 ? text.Length : start + headerEnd;
            default:
                return Math.Min(start, text.Length);
        }
    }

    private static int Find(string text, int start, string value, int offset, ScalarStyle style)
    {
        int letters = 0;
        for (int i = 0; i < offset; i++)
            letters += char.IsWhiteSpace(value[i]) ? 0 : 1;
        int at = start;
        int afterLast = start;
        while (at < text.Length)
        {
            if (!char.IsWhiteSpace(text[at]))
            {
                if (letters-- == 0)
                    break;
                bool doubled = style == ScalarStyle.SingleQuoted && text.AsSpan(at).StartsWith("''");
                at += doubled ? 1 : 0;
                afterLast = at + 1;
            }

            at++;
        }

        // The end of the value is just behind its last letter, not at the next one in the file.
        return offset == value.Length ? afterLast : at;
    }
}
