using System;

namespace PressureD.Core.Durable;

/// <summary>The values of control files as text.</summary>
internal static class ControlText
{
    /// <summary>
    /// The value in a control file's content: its first line, of which "default" is left out. io.weight and its like
    /// list devices below that line, and take the line's value as it is written here.
    /// </summary>
    public static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> content)
    {
        int end = content.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? content : content[..end];
        return line.StartsWith("default "u8) ? line["default "u8.Length..] : line;
    }
}
