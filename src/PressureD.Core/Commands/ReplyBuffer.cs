using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Text.Unicode;

namespace PressureD.Core.Commands;

/// <summary>
/// The values of an answer in the order and with the types of D-Bus, in a fixed buffer, so that the loop can write them
/// without knowing of a bus. A struct in an array that does not fit never was.
/// </summary>
/// <remarks>
/// Each value is its type's letter and then: for numbers 8 bytes; for text and for what an array or a struct contains a
/// length of 4 bytes, the bytes and a NUL that is not counted. An array ends in ']', a struct in ')'.
/// </remarks>
public sealed class ReplyBuffer
{
    /// <summary>Bytes.</summary>
    public const int Capacity = 16 * 1024;

    /// <summary>Kept free within arrays for what ends them and comes after them.</summary>
    private const int Reserve = 512;

    private const int NoMark = -1;

    private readonly byte[] _bytes = new byte[Capacity];
    private int _length;
    private int _depth;
    private int _mark = NoMark;

    /// <summary>Whether something did not fit: the answer is not whole.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>The values as they were written.</summary>
    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, _length);

    /// <summary>Text, or a name of any bytes.</summary>
    public ReplyBuffer Text(ReadOnlySpan<byte> text) => Bytes((byte)'s', text);

    /// <summary>Text; unpaired surrogates become U+FFFD.</summary>
    public ReplyBuffer Text(string text)
    {
        Span<byte> room = Free;
        if (room.Length > 5
            && Utf8.FromUtf16(text, room[5..^1], out _, out int written) == OperationStatus.Done)
        {
            room[0] = (byte)'s';
            BinaryPrimitives.WriteInt32LittleEndian(room[1..], written);
            room[5 + written] = 0;
            _length += 6 + written;
        }
        else
        {
            IsTruncated = true;
        }

        return this;
    }

    /// <summary>An unsigned number of 64 bits (t).</summary>
    public ReplyBuffer Unsigned(ulong value) => Number((byte)'t', value);

    /// <summary>A time or amount that is not negative (t).</summary>
    public ReplyBuffer Unsigned(long value) => Number((byte)'t', (ulong)Math.Max(value, 0));

    /// <summary>An unsigned number of 32 bits (u).</summary>
    public ReplyBuffer Count(int value) => Number((byte)'u', (ulong)Math.Max(value, 0));

    /// <summary>True or false (b).</summary>
    public ReplyBuffer Boolean(bool value) => Number((byte)'b', value ? 1u : 0u);

    /// <summary>Begins an array of elements of a type; the next values are its elements.</summary>
    public ReplyBuffer OpenArray(ReadOnlySpan<byte> elementType) => Open((byte)'a', elementType);

    /// <summary>Ends an array.</summary>
    public ReplyBuffer CloseArray() => Close((byte)']');

    /// <summary>Begins a struct of the given types; the next values are its members.</summary>
    public ReplyBuffer OpenStruct(ReadOnlySpan<byte> types)
    {
        _mark = _length;
        return Open((byte)'(', types);
    }

    /// <summary>Ends a struct.</summary>
    /// <returns>False when it did not fit and was taken out again: there is no room for more.</returns>
    public bool CloseStruct()
    {
        Close((byte)')');
        if (IsTruncated && _mark != NoMark)
            _length = _mark;
        _mark = NoMark;
        return !IsTruncated;
    }

    /// <summary>Takes over another's values, all of whose arrays and structs have ended.</summary>
    internal void CopyFrom(ReplyBuffer other)
    {
        Clear();
        other.Span.CopyTo(_bytes);
        _length = other._length;
        IsTruncated = other.IsTruncated;
    }

    internal void Clear()
    {
        _length = 0;
        _depth = 0;
        _mark = NoMark;
        IsTruncated = false;
    }

    private Span<byte> Free => IsTruncated && _depth > 0
        ? default
        : _bytes.AsSpan(_length, Math.Max(Capacity - _length - (_depth > 0 ? Reserve : 0), 0));

    private ReplyBuffer Open(byte type, ReadOnlySpan<byte> contents)
    {
        Bytes(type, contents);
        _depth++;
        return this;
    }

    private ReplyBuffer Close(byte end)
    {
        _depth--;
        _bytes[_length++] = end;
        return this;
    }

    private ReplyBuffer Bytes(byte type, ReadOnlySpan<byte> bytes)
    {
        Span<byte> room = Free;
        if (room.Length < 6 + bytes.Length)
        {
            IsTruncated = true;
            return this;
        }

        room[0] = type;
        BinaryPrimitives.WriteInt32LittleEndian(room[1..], bytes.Length);
        bytes.CopyTo(room[5..]);
        room[5 + bytes.Length] = 0;
        _length += 6 + bytes.Length;
        return this;
    }

    private ReplyBuffer Number(byte type, ulong value)
    {
        Span<byte> room = Free;
        if (room.Length < 9)
        {
            IsTruncated = true;
            return this;
        }

        room[0] = type;
        BinaryPrimitives.WriteUInt64LittleEndian(room[1..], value);
        _length += 9;
        return this;
    }
}
