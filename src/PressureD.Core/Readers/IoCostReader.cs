using System;

namespace PressureD.Core.Readers;

/// <summary>
/// Reads from a cgroup's <c>io.stat</c> what its reads and writes have cost, with the coefficients that oomd uses for
/// solid-state disks: 12.1 and 625 ÷ 1,000,000 for a read and one of its bytes, 1.07 and 261 ÷ 1,000,000 for a write,
/// 23.7 and 0.91 ÷ 1,000,000 for a discard, all of it in thousandths.
/// </summary>
internal static class IoCostReader
{
    /// <summary>The cost of all devices together since the cgroup was made. Billionths; never wraps.</summary>
    public static long Read(ReadOnlySpan<byte> text)
    {
        Int128 cost = 0;
        var lines = new TextCursor(text);
        while (lines.TryLine(out ReadOnlySpan<byte> line))
        {
            // The device's number, then keys with values; a line can end after the number.
            var words = new TextCursor(line);
            while (words.TryWord(out ReadOnlySpan<byte> word))
                cost += CostOf(word);
        }

        return cost > long.MaxValue ? long.MaxValue : (long)cost;
    }

    private static Int128 CostOf(ReadOnlySpan<byte> word)
    {
        int equals = word.IndexOf((byte)'=');
        if (equals < 0)
            return 0;
        var number = new TextCursor(word[(equals + 1)..]);
        if (!number.TryNumber(out long value) || value < 0)
            return 0;
        ReadOnlySpan<byte> key = word[..equals];
        if (key.SequenceEqual("rios"u8))
            return (Int128)value * 12_100_000;
        if (key.SequenceEqual("rbytes"u8))
            return (Int128)value * 625;
        if (key.SequenceEqual("wios"u8))
            return (Int128)value * 1_070_000;
        if (key.SequenceEqual("wbytes"u8))
            return (Int128)value * 261;
        if (key.SequenceEqual("dios"u8))
            return (Int128)value * 23_700_000;
        return key.SequenceEqual("dbytes"u8) ? (Int128)value * 91 / 100 : 0;
    }
}
