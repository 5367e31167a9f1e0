using System;

namespace PressureD.Core.Readers;

/// <summary>
/// Reads <c>io.stat</c> line by line: <c>259:1 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0</c>.
/// </summary>
internal static class IoStatReader
{
    /// <summary>
    /// Takes the next device. Keys may come in any order and among others; those that are missing count 0, as in a line
    /// of a device for which only policy data exist. A line that was cut off is not given.
    /// </summary>
    public static bool TryNext(ref TextCursor lines, out IoCounters counters)
    {
        while (lines.TryLine(out ReadOnlySpan<byte> line))
        {
            if (TryReadLine(line, out counters))
                return true;
        }

        counters = default;
        return false;
    }

    private static bool TryReadLine(ReadOnlySpan<byte> line, out IoCounters counters)
    {
        counters = default;
        var cursor = new TextCursor(line);
        if (!cursor.TryNumber(out long major) || !cursor.TrySkip(":"u8) || !cursor.TryNumber(out long minor))
            return false;
        if (major is < 0 or > int.MaxValue || minor is < 0 or > int.MaxValue)
            return false;
        counters.Major = (int)major;
        counters.Minor = (int)minor;
        for (cursor.SkipBlanks(); !cursor.Rest.IsEmpty; cursor.SkipBlanks())
        {
            if (cursor.TrySkip("rbytes="u8))
                cursor.TryNumber(out counters.ReadBytes);
            else if (cursor.TrySkip("wbytes="u8))
                cursor.TryNumber(out counters.WrittenBytes);
            else if (cursor.TrySkip("rios="u8))
                cursor.TryNumber(out counters.Reads);
            else if (cursor.TrySkip("wios="u8))
                cursor.TryNumber(out counters.Writes);
            else if (cursor.TrySkip("dbytes="u8))
                cursor.TryNumber(out counters.DiscardedBytes);
            else if (cursor.TrySkip("dios="u8))
                cursor.TryNumber(out counters.Discards);
            cursor.SkipWord();
        }

        return true;
    }
}
