using System;
using System.Runtime.CompilerServices;

namespace PressureD.Core.Readers;

/// <summary>Reads <c>/proc/pressure/*</c> and <c>*.pressure</c> of a cgroup.</summary>
public static class PsiReader
{
    /// <summary>
    /// False when no whole <c>some</c> or <c>full</c> line is there, or one lacks an average or the total. Lines and
    /// fields of other names are ignored, so that a kernel may add some.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out PsiReading reading)
    {
        reading = default;
        var lines = new TextCursor(text);
        while (lines.TryLine(out ReadOnlySpan<byte> line))
        {
            var fields = new TextCursor(line);
            bool read = true;
            if (fields.TrySkip("some "u8))
                read = TryReadLine(ref fields, out reading.Some);
            else if (fields.TrySkip("full "u8))
                read = TryReadLine(ref fields, out reading.Full);
            if (read)
                continue;
            reading = default;
            return false;
        }

        return reading.Some.Present || reading.Full.Present;
    }

    private static bool TryReadLine(ref TextCursor fields, out PsiLine line)
    {
        line = default;
        bool avg10 = false, avg60 = false, avg300 = false, total = false;
        for (fields.SkipBlanks(); !fields.Rest.IsEmpty; fields.SkipBlanks())
        {
            if (fields.TrySkip("avg10="u8))
                avg10 = TryReadPercent(ref fields, out line.Avg10);
            else if (fields.TrySkip("avg60="u8))
                avg60 = TryReadPercent(ref fields, out line.Avg60);
            else if (fields.TrySkip("avg300="u8))
                avg300 = TryReadPercent(ref fields, out line.Avg300);
            else if (fields.TrySkip("total="u8))
                total = fields.TryNumber(out line.TotalUsec) && line.TotalUsec >= 0 && AtFieldEnd(in fields);
            // What is left is nothing after a good field, and the whole word of one that is odd or not known.
            fields.SkipWord();
        }

        line.Present = avg10 && avg60 && avg300 && total;
        return line.Present;
    }

    private static bool TryReadPercent(ref TextCursor field, out int millionths)
    {
        const int perPercent = (int)(Quantity.Whole / 100);
        millionths = 0;
        // The kernel never prints more than 100; a number of more digits is not a share of anything.
        if (!field.TryNumber(out long percent) || percent is < 0 or > 999)
            return false;
        millionths = (int)percent * perPercent;
        if (!field.TrySkip("."u8))
            return AtFieldEnd(in field);
        if (AtFieldEnd(in field))
            return false;
        int unit = perPercent / 10;
        for (; field.TryDigit(out int digit); unit /= 10)
            millionths += digit * unit;
        return AtFieldEnd(in field);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool AtFieldEnd(in TextCursor field) => field.Rest.IsEmpty || TextCursor.IsBlank(field.Rest[0]);
}
