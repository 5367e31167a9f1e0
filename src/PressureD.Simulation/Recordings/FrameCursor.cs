using System;

namespace PressureD.Simulation.Recordings;

/// <summary>Reads what a <see cref="FrameBuffer"/> holds; what ends too early or is too large is refused.</summary>
internal ref struct FrameCursor(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <exception cref="FormatException">There is no number here.</exception>
    public long Number()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return (long)value;
        }

        throw new FormatException("a number is too long");
    }

    /// <exception cref="FormatException">There is no number here.</exception>
    public long Signed()
    {
        var value = (ulong)Number();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>A number of things of which each takes a byte at least.</summary>
    /// <exception cref="FormatException">There cannot be so many.</exception>
    public int Count()
    {
        var count = Number();
        return count >= 0 && count <= _rest.Length ? (int)count : throw new FormatException("it ends too early");
    }

    /// <exception cref="FormatException">It ends before.</exception>
    public ReadOnlySpan<byte> Block()
    {
        var length = Count();
        var block = _rest[..length];
        _rest = _rest[length..];
        return block;
    }

    /// <exception cref="FormatException">It ends before.</exception>
    public byte Byte()
    {
        if (_rest.IsEmpty) throw new FormatException("it ends too early");
        var value = _rest[0];
        _rest = _rest[1..];
        return value;
    }
}
