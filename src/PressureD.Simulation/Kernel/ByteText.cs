using System;
using System.Text;

namespace PressureD.Simulation.Kernel;

/// <summary>The text of one file as it is being rendered; it grows and is used again.</summary>
internal sealed class ByteText
{
    private byte[] _bytes = new byte[4096];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    public ByteText Clear()
    {
        Length = 0;
        return this;
    }

    public ByteText Add(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
        return this;
    }

    public ByteText Add(string text)
    {
        Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        Length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(Length));
        return this;
    }

    /// <summary>A number, padded with blanks on the left to a width.</summary>
    public ByteText Add(long number, int width = 0)
    {
        Span<byte> digits = stackalloc byte[24];
        number.TryFormat(digits, out var length, default, null);
        for (var pad = length; pad < width; pad++) Add(" "u8);
        return Add(digits[..length]);
    }

    /// <summary>A number with leading zeros.</summary>
    public ByteText AddZeros(long number, int width)
    {
        Span<byte> digits = stackalloc byte[24];
        number.TryFormat(digits, out var length, default, null);
        for (var pad = length; pad < width; pad++) Add("0"u8);
        return Add(digits[..length]);
    }

    /// <summary>"key value" and a newline, as flat-keyed files have it.</summary>
    public ByteText Line(ReadOnlySpan<byte> key, long value) => Add(key).Add(" "u8).Add(value).Add("\n"u8);

    private void Reserve(int more)
    {
        if (Length + more > _bytes.Length) Array.Resize(ref _bytes, int.Max(2 * _bytes.Length, Length + more));
    }
}
