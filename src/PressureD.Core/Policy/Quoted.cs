using System.Text;

namespace PressureD.Core.Policy;

/// <summary>Shows text that somebody else wrote, so that it can neither flood nor steer a terminal or a log.</summary>
public static class Quoted
{
    private const int MaxShown = 60;

    /// <summary>In single quotes, cut after 60 characters, control characters spelled out.</summary>
    public static string Of(string text) =>
        text.Length <= MaxShown ? $"'{Escape(text)}'" : $"'{Escape(text[..MaxShown])}…'";

    /// <summary>With everything that is not printable spelled out, such as <c>\u001b</c>.</summary>
    public static string Escape(string text)
    {
        int i = 0;
        while (i < text.Length && IsPlain(text[i]))
            i++;
        if (i == text.Length)
            return text;
        var escaped = new StringBuilder(text, 0, i, text.Length + 16);
        for (; i < text.Length; i++)
        {
            if (IsPlain(text[i]))
                escaped.Append(text[i]);
            else if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                escaped.Append(text, i++, 2);
            else
                escaped.Append($"\\u{(int)text[i]:x4}");
        }

        return escaped.ToString();
    }

    /// <summary>Direction marks count as control characters: they can make a line read as what it is not.</summary>
    private static bool IsPlain(char c) =>
        !char.IsControl(c) && !char.IsSurrogate(c) && c is not (>= '\u200b' and <= '\u200f')
            and not (>= '\u2028' and <= '\u202e') and not (>= '\u2066' and <= '\u2069') and not '\ufeff';
}
