using System;

namespace PressureD.Core.Readers;

/// <summary>
/// Reads ZFS's <c>/proc/spl/kstat/zfs/arcstats</c>: two lines of heading, then <c>name type data</c> with blanks
/// between.
/// </summary>
internal static class ArcStatsReader
{
    /// <summary>The cache's size and the size it shrinks to under pressure, in bytes; unknown when not there.</summary>
    public static void Read(ReadOnlySpan<byte> text, out long sizeBytes, out long leastBytes)
    {
        sizeBytes = Quantity.Unknown;
        leastBytes = Quantity.Unknown;
        var lines = new TextCursor(text);
        while (lines.TryLine(out ReadOnlySpan<byte> line))
        {
            var cursor = new TextCursor(line);
            if (cursor.TrySkip("size "u8))
                sizeBytes = ReadData(ref cursor);
            else if (cursor.TrySkip("c_min "u8))
                leastBytes = ReadData(ref cursor);
        }
    }

    private static long ReadData(ref TextCursor cursor)
    {
        cursor.SkipBlanks();
        cursor.SkipWord();
        cursor.SkipBlanks();
        return cursor.TryNumber(out long value) ? value : Quantity.Unknown;
    }
}
