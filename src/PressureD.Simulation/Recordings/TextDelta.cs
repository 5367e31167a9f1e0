using System;

namespace PressureD.Simulation.Recordings;

/// <summary>What a file says now as the difference to what it said before.</summary>
internal static class TextDelta
{
    private const byte Numbers = 0;
    private const byte Whole = 1;
    private const byte Failed = 2;

    /// <summary>Writes a content that has none before it.</summary>
    public static void WriteWhole(ReadOnlySpan<byte> content, FrameBuffer output)
    {
        output.Add(Whole);
        output.AddBlock(content);
    }

    /// <summary>Writes that reading gave an error.</summary>
    /// <param name="errno">Positive.</param>
    /// <param name="output">Where to.</param>
    public static void WriteErrno(int errno, FrameBuffer output)
    {
        output.Add(Failed);
        output.AddNumber(errno);
    }

    /// <summary>Writes a content after another one.</summary>
    public static void Write(ReadOnlySpan<byte> before, ReadOnlySpan<byte> content, FrameBuffer output)
    {
        var changed = Compare(before, content, null);
        if (changed < 0)
        {
            WriteWhole(content, output);
            return;
        }

        output.Add(Numbers);
        output.AddNumber(changed);
        Compare(before, content, output);
    }

    /// <summary>Reads what <see cref="Write"/>, <see cref="WriteWhole"/> or <see cref="WriteErrno"/> wrote.</summary>
    /// <param name="before">What the file said before; empty when nothing or an error.</param>
    /// <param name="input">Where from.</param>
    /// <param name="scratch">Room for the content.</param>
    /// <returns>The content, or the error number.</returns>
    /// <exception cref="FormatException">It is none of them.</exception>
    public static (byte[]? Content, int Errno) Read(
        ReadOnlySpan<byte> before, ref FrameCursor input, FrameBuffer scratch)
    {
        switch (input.Byte())
        {
            case Whole:
                return (input.Block().ToArray(), 0);
            case Failed:
                return (null, (int)input.Number());
            case Numbers:
                return (Apply(before, ref input, scratch), 0);
            default:
                throw new FormatException("a value of an unknown kind");
        }
    }

    /// <summary>Writes the numbers that differ, each with how many alike are before it.</summary>
    /// <returns>How many differ; −1 when more differs than numbers.</returns>
    private static int Compare(ReadOnlySpan<byte> before, ReadOnlySpan<byte> content, FrameBuffer? output)
    {
        var old = new NumberScanner(before);
        var now = new NumberScanner(content);
        var changed = 0;
        var alike = 0;
        while (old.Next() & now.Next())
        {
            if (!now.IsLike(old)) return -1;
            if (!now.HasNumber) return changed;
            if (now.Value == old.Value)
            {
                alike++;
                continue;
            }

            output?.AddNumber(alike);
            output?.AddSigned(now.Value - old.Value);
            changed++;
            alike = 0;
        }

        return -1;
    }

    private static byte[] Apply(ReadOnlySpan<byte> before, ref FrameCursor input, FrameBuffer scratch)
    {
        var changed = input.Count();
        var alike = changed > 0 ? input.Number() : long.MaxValue;
        scratch.Clear();
        var old = new NumberScanner(before);
        while (old.Next())
        {
            scratch.Add(old.Before);
            if (!old.HasNumber) break;
            long difference = 0;
            if (alike-- == 0)
            {
                difference = input.Signed();
                alike = --changed > 0 ? input.Number() : long.MaxValue;
            }

            AddNumber(old.Value + difference, old.Decimals, old.Width, scratch);
        }

        if (changed > 0) throw new FormatException("a value has fewer numbers than were changed");
        return scratch.Bytes.ToArray();
    }

    private static void AddNumber(long value, int decimals, int width, FrameBuffer output)
    {
        if (value < 0) throw new FormatException("a number became negative");
        Span<byte> digits = stackalloc byte[24];
        var at = digits.Length;
        for (var place = 0; value > 0 || place <= decimals; place++)
        {
            if (place == decimals && decimals > 0) digits[--at] = (byte)'.';
            digits[--at] = (byte)('0' + (value % 10));
            value /= 10;
        }

        for (var printed = digits.Length - at; printed < width; printed++) output.Add((byte)' ');
        output.Add(digits[at..]);
    }
}
