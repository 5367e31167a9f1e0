using System;

namespace PressureD.Simulation.Recordings;

/// <summary>A frame that is being written: bytes, and numbers in as few bytes as they need.</summary>
internal sealed class FrameBuffer
{
    private byte[] _bytes = new byte[4096];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Add(byte value)
    {
        Reserve(1);
        _bytes[Length++] = value;
    }

    /// <summary>Seven bits a byte, the lowest first; the highest bit says that more follow.</summary>
    public void AddNumber(long value)
    {
        Reserve(10);
        var rest = (ulong)value;
        for (; rest >= 0x80; rest >>= 7) _bytes[Length++] = (byte)(rest | 0x80);
        _bytes[Length++] = (byte)rest;
    }

    /// <summary>A number that is small in either direction.</summary>
    public void AddSigned(long value) => AddNumber((value << 1) ^ (value >> 63));

    /// <summary>Its length, then the bytes.</summary>
    public void AddBlock(ReadOnlySpan<byte> bytes)
    {
        AddNumber(bytes.Length);
        Add(bytes);
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    private void Reserve(int more)
    {
        if (Length + more > _bytes.Length) Array.Resize(ref _bytes, int.Max(_bytes.Length * 2, Length + more));
    }
}
