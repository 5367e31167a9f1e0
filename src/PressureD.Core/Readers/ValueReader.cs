using System;

namespace PressureD.Core.Readers;

/// <summary>
/// Reads a file that holds one number: <c>memory.current</c>, <c>memory.max</c>, <c>oom_score_adj</c>, and so on.
/// </summary>
public static class ValueReader
{
    /// <summary>
    /// <c>max</c> and numbers too large for 63 bits give <see cref="Quantity.Unlimited"/>. False, with
    /// <see cref="Quantity.Unknown"/>, for anything else than one number or <c>max</c> on a whole line: without its
    /// newline the number may have been cut off.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out long value)
    {
        var cursor = new TextCursor(text);
        if (cursor.TryLine(out ReadOnlySpan<byte> line) && cursor.Rest.IsEmpty && TryReadOne(line, out value))
            return true;
        value = Quantity.Unknown;
        return false;
    }

    private static bool TryReadOne(ReadOnlySpan<byte> line, out long value)
    {
        var cursor = new TextCursor(line);
        cursor.SkipBlanks();
        if (cursor.TrySkip("max"u8))
            value = Quantity.Unlimited;
        else if (!cursor.TryNumber(out value))
            return false;
        cursor.SkipBlanks();
        return cursor.Rest.IsEmpty;
    }
}
