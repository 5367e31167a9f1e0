using System;
using PressureD.Core.Policy;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace PressureD.Yaml.Documents;

/// <summary>
/// Finds the place in the file of a character of a value. Folding changes spaces and line breaks alone, so the n-th
/// letter of the value is the n-th letter in the file. A file has thousands of values and the daemon's heap a low
/// limit, so that this remembers no more than where the value stands.
/// </summary>
internal readonly struct ScalarPlaces(YamlText text, Mark start, Mark end, ScalarStyle style)
{
    private readonly int _start = (int)start.Index;
    private readonly int _end = (int)Math.Min(end.Index, text.Text.Length);

    public SourceText Map(string value)
    {
        YamlText file = text;
        ScalarStyle kind = style;
        int whole = _start;
        int content = ContentStart(file.Text, whole, kind);
        bool escaped =
            kind == ScalarStyle.DoubleQuoted && file.Text.IndexOf('\\', content, Math.Max(0, _end - content)) >= 0;

        // Escapes are not undone letter by letter: their values are pointed at as a whole.
        if (escaped)
            return new SourceText(value, _ => file.At(whole));
        return new SourceText(value, offset => file.At(Find(file.Text, content, value, offset, kind)));
    }

    private static int ContentStart(string text, int start, ScalarStyle style)
    {
        switch (style)
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
