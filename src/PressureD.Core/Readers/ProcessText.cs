using System;
using System.Buffers;
using System.Text;

namespace PressureD.Core.Readers;

/// <summary>
/// Names and command lines of processes. Their owners choose every byte of them, so they go through
/// <see cref="Escape(ReadOnlySpan{byte}, Span{byte})"/> on their way to a log or a terminal.
/// </summary>
public static class ProcessText
{
    /// <summary>
    /// Copies the content of <c>/proc/PID/comm</c> without the kernel's newline at its end; newlines of the name itself
    /// stay. Returns the length; what does not fit is left out.
    /// </summary>
    public static int CopyComm(ReadOnlySpan<byte> text, Span<byte> output)
    {
        if (text.EndsWith("\n"u8))
            text = text[..^1];
        int length = Math.Min(text.Length, output.Length);
        text[..length].CopyTo(output);
        return length;
    }

    /// <summary>
    /// Copies the content of <c>/proc/PID/cmdline</c> with a space in place of each NUL, and without NULs and spaces at
    /// its end (a process that renames itself leaves many). Returns the length; what does not fit is left out. For
    /// people to read: where one argument ends is lost.
    /// </summary>
    public static int CopyArguments(ReadOnlySpan<byte> cmdline, Span<byte> output)
    {
        cmdline = cmdline.TrimEnd("\0 "u8);
        int length = Math.Min(cmdline.Length, output.Length);
        cmdline[..length].Replace(output, (byte)0, (byte)' ');
        return length;
    }

    /// <summary>
    /// Writes <paramref name="raw"/> so that it stays on one line inside double quotes and cannot steer a terminal or
    /// disorder a log: printable UTF-8 stays, <c>"</c> becomes <c>\"</c>, and every byte of controls, backslashes,
    /// invisible characters and invalid UTF-8 becomes <c>\xNN</c>. Returns the length; ends before the first
    /// character that does not fit whole.
    /// </summary>
    public static int Escape(ReadOnlySpan<byte> raw, Span<byte> output) => Escape(raw, output, out _);

    /// <summary>As the public one; also tells how much of <paramref name="raw"/> found room.</summary>
    internal static int Escape(scoped ReadOnlySpan<byte> raw, scoped Span<byte> output, out int consumed)
    {
        int written = 0;
        consumed = 0;
        while (consumed < raw.Length)
        {
            OperationStatus status = Rune.DecodeFromUtf8(raw[consumed..], out Rune rune, out int length);
            ReadOnlySpan<byte> character = raw.Slice(consumed, length);
            Span<byte> room = output[written..];
            int added = status != OperationStatus.Done || !IsPrintable(rune.Value) ? WriteHex(character, room)
                : rune.Value == '"' ? Write("\\\""u8, room)
                : Write(character, room);
            if (added == 0)
                break;
            written += added;
            consumed += length;
        }

        return written;
    }

    /// <summary>
    /// Ranges instead of the runtime's category tables: those pages would be read from disk for the first odd name,
    /// which may come when memory is short.
    /// </summary>
    private static bool IsPrintable(int rune) => rune switch
    {
        '\\' => false,
        < 0x20 => false,
        < 0x7F => true,
        <= 0xA0 => false,
        0xAD or 0x61C or 0x180E or 0xFEFF => false,
        // Spaces of odd widths, direction marks and overrides, separators of lines, invisible operators.
        >= 0x2000 and <= 0x200F or >= 0x2028 and <= 0x202F or >= 0x205F and <= 0x206F => false,
        // Private use, variation tags, and code points that are no characters.
        >= 0xE000 and <= 0xF8FF or >= 0xFFF0 and <= 0xFFFC or >= 0xE0000 => false,
        _ => (rune & 0xFFFE) != 0xFFFE,
    };

    private static int Write(ReadOnlySpan<byte> character, Span<byte> room) =>
        character.TryCopyTo(room) ? character.Length : 0;

    private static int WriteHex(ReadOnlySpan<byte> character, Span<byte> room)
    {
        ReadOnlySpan<byte> digits = "0123456789abcdef"u8;
        if (room.Length < character.Length * 4)
            return 0;
        int i = 0;
        foreach (byte b in character)
        {
            room[i++] = (byte)'\\';
            room[i++] = (byte)'x';
            room[i++] = digits[b >> 4];
            room[i++] = digits[b & 15];
        }

        return i;
    }
}
