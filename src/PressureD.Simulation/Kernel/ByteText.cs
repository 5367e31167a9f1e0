using System;
using System.Buffers.Text;
using System.Text;

namespace PressureD.Simulation.Kernel;

/// <summary>The text of one file as it is being rendered; it grows and is used again.</summary>
internal sealed class ByteText
{
    private const int LongestNumber = 20;

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
    public ByteText Add(long number, int width = 0) => Add(number, width, (byte)' ');

    /// <summary>A number with leading zeros.</summary>
    public ByteText AddZeros(long number, int width) => Add(number, width, (byte)'0');

    private ByteText Add(long number, int width, byte filler)
    {
        Reserve(int.Max(width, LongestNumber));
        var rest = _bytes.AsSpan(Length);
        Utf8Formatter.TryFormat(number, rest, out var length);
        var missing = width - length;
        if (missing > 0)
        {
            rest[..length].CopyTo(rest[missing..]);
            rest[..missing].Fill(filler);
            length = width;
        }

        Length += length;
        return this;
    }

    /// <summary>"key value" and a newline, as flat-keyed files have it.</summary>
    public ByteText Line(ReadOnlySpan<byte> key, long value) => Add(key).Add(" "u8).Add(value).Add("\n"u8);

    private void Reserve(int more)
    {
        if (Length + more > _bytes.Length) Array.Resize(ref _bytes, int.Max(2 * _bytes.Length, Length + more));
    }
}
