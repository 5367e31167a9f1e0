using System;
using System.Buffers;
using System.Buffers.Text;
using System.Text.Unicode;
using PressureD.Core.Readers;

namespace PressureD.Core.Text;

/// <summary>
/// Writes one line of UTF-8 for people into a buffer of the caller's, without allocating. When something does not fit,
/// text is cut at a whole character and numbers are left out whole; from then on nothing is added, so that the line
/// never says something else than its whole would.
/// </summary>
public ref struct LineBuilder
{
    private const long UsecPerSecond = 1_000_000;
    private const long UsecPerMinute = 60 * UsecPerSecond;
    private const long UsecPerHour = 60 * UsecPerMinute;

    private readonly Span<byte> _buffer;

    /// <param name="buffer">Where to write; its length is the longest line.</param>
    public LineBuilder(Span<byte> buffer) => _buffer = buffer;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>Something did not fit.</summary>
    public bool Truncated { get; private set; }

    /// <summary>What has been written.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer[..Length];

    private readonly Span<byte> Room => Truncated ? default : _buffer[Length..];

    /// <summary>Adds UTF-8 as it is. Bytes that others chose go through <see cref="AppendEscaped"/>.</summary>
    public void Append(scoped ReadOnlySpan<byte> utf8)
    {
        if (Truncated)
            return;
        int length = utf8.Length;
        if (length > Room.Length)
        {
            Truncated = true;
            length = _buffer.Length - Length;
            while (length > 0 && (utf8[length] & 0xC0) == 0x80)
                length--;
        }

        utf8[..length].CopyTo(_buffer[Length..]);
        Length += length;
    }

    /// <summary>Adds text; null adds nothing.</summary>
    public void Append(string? text)
    {
        if (Truncated || text is null)
            return;
        OperationStatus status = Utf8.FromUtf16(text, Room, out int _, out int written);
        Length += written;
        Truncated = status == OperationStatus.DestinationTooSmall;
    }

    /// <summary>Adds one ASCII character; without this one, a character would be added as its number.</summary>
    public void Append(char ascii) => Append([(byte)ascii]);

    /// <summary>Adds a decimal number.</summary>
    public void Append(long number)
    {
        Truncated = Truncated || !Utf8Formatter.TryFormat(number, Room, out int written) || !Advance(written);
    }

    /// <summary>
    /// Adds a size, rounded to a tenth of its unit: <c>0 B</c>, <c>512 MiB</c>, <c>1.2 GiB</c>; <c>unknown</c> and
    /// <c>max</c> for the two <see cref="Quantity"/> values.
    /// </summary>
    public void AppendBytes(long bytes)
    {
        if (TryAppendName(bytes))
            return;
        ulong size = Magnitude(bytes);
        int unit = 0;
        while (unit < 6 && size >> (10 * unit) >= 1024)
            unit++;
        ulong tenths = Tenths(size, unit);
        // 1023.96 MiB is 1 GiB, not 1024 MiB.
        if (tenths >= 10240 && unit < 6)
            tenths = Tenths(size, ++unit);

        Span<byte> scratch = stackalloc byte[32];
        var piece = new LineBuilder(scratch);
        if (bytes < 0)
            piece.Append("-"u8);
        piece.Append((long)(tenths / 10));
        if (tenths % 10 != 0)
        {
            piece.Append("."u8);
            piece.Append((long)(tenths % 10));
        }

        piece.Append(" "u8);
        if (unit > 0)
            piece.Append("KMGTPE"u8.Slice(unit - 1, 1));
        piece.Append(unit > 0 ? "iB"u8 : "B"u8);
        AppendWhole(piece.Written);
    }

    /// <summary>
    /// Adds a share of the whole in percent: 98,765 gives <c>9.87%</c>. Cut, not rounded, so that 9.9999 % under a
    /// limit of 10 % does not read as 10 %. <c>unknown</c> and <c>max</c> for the two <see cref="Quantity"/> values.
    /// </summary>
    public void AppendRatio(long millionths)
    {
        if (TryAppendName(millionths))
            return;
        ulong hundredths = Magnitude(millionths) / (ulong)(Quantity.Whole / 10_000);
        Span<byte> scratch = stackalloc byte[32];
        var piece = new LineBuilder(scratch);
        if (millionths < 0)
            piece.Append("-"u8);
        piece.AppendHundredths(hundredths);
        piece.Append("%"u8);
        AppendWhole(piece.Written);
    }

    /// <summary>
    /// Adds a time by its two largest units, cut: <c>850 us</c>, <c>300 ms</c>, <c>1.50 s</c>, <c>2 min 5 s</c>,
    /// <c>3 h 10 min</c>; <c>unknown</c> and <c>max</c> for the two <see cref="Quantity"/> values.
    /// </summary>
    public void AppendDuration(long usec)
    {
        if (TryAppendName(usec))
            return;
        Span<byte> scratch = stackalloc byte[48];
        var piece = new LineBuilder(scratch);
        if (usec < 0)
            piece.Append("-"u8);
        long span = Math.Abs(usec);
        if (span == 0)
            piece.Append("0 s"u8);
        else if (span < 1000)
            piece.AppendUnits(span, " us"u8, 0, default);
        else if (span < UsecPerSecond)
            piece.AppendUnits(span / 1000, " ms"u8, 0, default);
        else if (span < UsecPerMinute)
            piece.AppendSeconds(span);
        else if (span < UsecPerHour)
            piece.AppendUnits(span / UsecPerMinute, " min"u8, span % UsecPerMinute / UsecPerSecond, " s"u8);
        else
            piece.AppendUnits(span / UsecPerHour, " h"u8, span % UsecPerHour / UsecPerMinute, " min"u8);
        AppendWhole(piece.Written);
    }

    /// <summary>
    /// Adds bytes that others chose, as <see cref="ProcessText.Escape(ReadOnlySpan{byte}, Span{byte})"/> does.
    /// </summary>
    public void AppendEscaped(scoped ReadOnlySpan<byte> raw)
    {
        if (Truncated)
            return;
        Length += ProcessText.Escape(raw, Room, out int consumed);
        Truncated = consumed < raw.Length;
    }

    private void AppendSeconds(long usec)
    {
        AppendHundredths((ulong)usec / 10_000);
        Append(" s"u8);
    }

    private void AppendHundredths(ulong hundredths)
    {
        Append((long)(hundredths / 100));
        Append("."u8);
        Append((long)(hundredths / 10 % 10));
        Append((long)(hundredths % 10));
    }

    private void AppendUnits(
        long major, scoped ReadOnlySpan<byte> majorUnit, long minor, scoped ReadOnlySpan<byte> minorUnit)
    {
        Append(major);
        Append(majorUnit);
        if (minor == 0)
            return;
        Append(" "u8);
        Append(minor);
        Append(minorUnit);
    }

    private bool TryAppendName(long value)
    {
        if (value != Quantity.Unknown && value != Quantity.Unlimited)
            return false;
        AppendWhole(value == Quantity.Unknown ? "unknown"u8 : "max"u8);
        return true;
    }

    private void AppendWhole(scoped ReadOnlySpan<byte> piece)
    {
        if (Truncated || !piece.TryCopyTo(Room))
            Truncated = true;
        else
            Length += piece.Length;
    }

    private bool Advance(int count)
    {
        Length += count;
        return true;
    }

    private static ulong Magnitude(long value) => (ulong)Math.Abs(value);

    private static ulong Tenths(ulong size, int unit)
    {
        int shift = 10 * unit;
        ulong whole = size >> shift;
        ulong rest = size - (whole << shift);
        ulong half = shift == 0 ? 0 : 1UL << (shift - 1);
        return (whole * 10) + (((rest * 10) + half) >> shift);
    }
}
