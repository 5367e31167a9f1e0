using System;
using System.Text;
using PressureD.Core.Policy;

namespace PressureD.Yaml.Documents;

/// <summary>The text of a file, checked before any parser sees it.</summary>
internal sealed class YamlText
{
    private static readonly UTF8Encoding Strict =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private YamlText(string file, string text)
    {
        File = file;
        Text = text;
    }

    public string File { get; }

    public string Text { get; }

    /// <returns>Null when it is too long, not UTF-8, or has characters that no policy needs.</returns>
    public static YamlText? Decode(string file, ReadOnlySpan<byte> content, DiagnosticBag diagnostics)
    {
        var whole = new SourcePosition(file, 0, 0);
        if (content.Length > PolicyLimits.FileBytes)
        {
            diagnostics.Error(
                whole, $"more than {PolicyLimits.FileBytes} bytes, expected at most that: split it");
            return null;
        }

        if (content is [0xff, 0xfe, ..] or [0xfe, 0xff, ..])
        {
            diagnostics.Error(whole, "the file is UTF-16, expected UTF-8; remedy: iconv -f UTF-16 -t UTF-8");
            return null;
        }

        if (content.StartsWith(Encoding.UTF8.Preamble))
            content = content[Encoding.UTF8.Preamble.Length..];
        string text;
        try
        {
            text = Strict.GetString(content);
        }
        catch (DecoderFallbackException e)
        {
            diagnostics.Error(
                PlaceOfByte(file, content, e.Index),
                "the bytes here are not UTF-8, expected that: save the file as UTF-8");
            return null;
        }

        var decoded = new YamlText(file, text);
        return decoded.HasForbidden(diagnostics) ? null : decoded;
    }

    /// <summary>The place of a character by its offset.</summary>
    public SourcePosition At(int offset)
    {
        offset = Math.Clamp(offset, 0, Text.Length);
        int line = 1, lineStart = 0;
        for (int i = 0; i < offset; i++)
        {
            bool ends = Text[i] == '\n' || (Text[i] == '\r' && (i + 1 >= Text.Length || Text[i + 1] != '\n'));
            if (!ends)
                continue;
            line++;
            lineStart = i + 1;
        }

        return new SourcePosition(File, line, offset - lineStart + 1);
    }

    /// <summary>The offset of the first line that is indented by a tab; −1 when there is none.</summary>
    public int FindTabIndent()
    {
        bool indent = true;
        for (int i = 0; i < Text.Length; i++)
        {
            if (indent && Text[i] == '\t')
                return i;
            indent = Text[i] is '\n' or '\r' || (indent && Text[i] == ' ');
        }

        return -1;
    }

    /// <summary>
    /// Refuses control characters and Unicode's extra line breaks: a NUL would end the scanner's work in the middle of
    /// the file, and the others make a file read differently from how it looks.
    /// </summary>
    private bool HasForbidden(DiagnosticBag diagnostics)
    {
        for (int i = 0; i < Text.Length; i++)
        {
            char c = Text[i];
            bool allowed = c is '\n' or '\r' or '\t' or (>= ' ' and <= '~') or (>= '\u00a0' and not '\ufeff'
                and not (>= '\u2028' and <= '\u202e') and not (>= '\u2066' and <= '\u2069'));
            if (allowed)
                continue;
            diagnostics.Error(
                At(i), $"the character U+{(int)c:X4} cannot stand in a policy, expected plain text: take it out");
            return true;
        }

        return false;
    }

    private static SourcePosition PlaceOfByte(string file, ReadOnlySpan<byte> content, int index)
    {
        ReadOnlySpan<byte> before = content[..Math.Clamp(index, 0, content.Length)];
        int line = before.Count((byte)'\n') + 1;
        int lineStart = before.LastIndexOf((byte)'\n') + 1;
        return new SourcePosition(file, line, Encoding.UTF8.GetCharCount(before[lineStart..]) + 1);
    }
}
