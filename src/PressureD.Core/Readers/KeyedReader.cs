using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Numerics;
using System.Text;

namespace PressureD.Core.Readers;

/// <summary>
/// Picks the values of some keys out of a file of one key and number per line, in one pass: <c>memory.stat</c>,
/// <c>memory.events</c>, <c>cgroup.stat</c> and <c>/proc/vmstat</c> (<c>key 123</c>), <c>/proc/meminfo</c>
/// (<c>Key:   123 kB</c>, given in bytes). Immutable after construction, so one serves any number of cgroups.
/// </summary>
public sealed class KeyedReader
{
    private const byte Free = byte.MaxValue;

    /// <summary>As many keys as the table of slots can number.</summary>
    public const int MaxKeys = Free;

    private readonly byte[][] _keys;
    private readonly byte[] _slots;
    private readonly ulong _lengths;

    /// <param name="keys">
    /// The keys as the kernel writes them, without the colon. Values are given in this order.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A key is empty, double or holds a blank, a colon or a newline, or there are more than <see cref="MaxKeys"/>.
    /// </exception>
    public KeyedReader(IReadOnlyList<string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (keys.Count > MaxKeys)
            throw new ArgumentException($"more than {MaxKeys} keys", nameof(keys));
        _keys = new byte[keys.Count][];
        // A quarter full at most: a line whose key nobody asked for, the usual one, ends at its first probe.
        _slots = new byte[(int)BitOperations.RoundUpToPowerOf2((uint)(keys.Count * 4) | 4)];
        Array.Fill(_slots, Free);
        for (int i = 0; i < keys.Count; i++)
        {
            byte[] key = Encoding.UTF8.GetBytes(keys[i]);
            if (key.Length == 0 || key.AsSpan().IndexOfAny(" \t:\n"u8) >= 0)
                throw new ArgumentException($"'{keys[i]}' cannot be a key", nameof(keys));
            if (Find(key) >= 0)
                throw new ArgumentException($"the key '{keys[i]}' is there twice", nameof(keys));
            _keys[i] = key;
            _lengths |= LengthBit(key.Length);
            int slot = (int)Hash(key) & (_slots.Length - 1);
            while (_slots[slot] != Free)
                slot = (slot + 1) & (_slots.Length - 1);
            _slots[slot] = (byte)i;
        }
    }

    /// <summary>How many keys there are, and values <see cref="Read"/> gives.</summary>
    public int Count => _keys.Length;

    /// <summary>
    /// Writes one value per key: <see cref="Quantity.Unknown"/> when the key is missing, its value is no number, or
    /// its line was cut off; <see cref="Quantity.Unlimited"/> for <c>max</c>.
    /// </summary>
    /// <param name="text">The file's content. Keys may come in any order, among any others.</param>
    /// <param name="values">Room for <see cref="Count"/> values at least; what is beyond them is left alone.</param>
    public void Read(ReadOnlySpan<byte> text, Span<long> values)
    {
        values = values[.._keys.Length];
        values.Fill(Quantity.Unknown);
        int missing = values.Length;
        var lines = new TextCursor(text);
        while (missing > 0 && lines.TryLine(out ReadOnlySpan<byte> line))
        {
            int end = line.IndexOfAny((byte)' ', (byte)':', (byte)'\t');
            if (end <= 0)
                continue;
            int key = Find(line[..end]);
            if (key < 0 || values[key] != Quantity.Unknown)
                continue;
            if (!TryReadValue(line[end..], out long value))
                continue;
            values[key] = value;
            missing--;
        }
    }

    private int Find(ReadOnlySpan<byte> key)
    {
        if ((_lengths & LengthBit(key.Length)) == 0)
            return -1;
        int slot = (int)Hash(key) & (_slots.Length - 1);
        for (; _slots[slot] != Free; slot = (slot + 1) & (_slots.Length - 1))
        {
            if (key.SequenceEqual(_keys[_slots[slot]]))
                return _slots[slot];
        }

        return -1;
    }

    private static ulong LengthBit(int length) => 1UL << (length & 63);

    /// <summary>Looks at both ends of the key: the kernel's keys share long beginnings (<c>workingset_</c>).</summary>
    private static uint Hash(ReadOnlySpan<byte> key)
    {
        const ulong mix = 0x9E37_79B9_7F4A_7C15;
        ulong first, last;
        if (key.Length >= 8)
        {
            first = BinaryPrimitives.ReadUInt64LittleEndian(key);
            last = BinaryPrimitives.ReadUInt64LittleEndian(key[^8..]);
        }
        else if (key.Length >= 4)
        {
            first = BinaryPrimitives.ReadUInt32LittleEndian(key);
            last = BinaryPrimitives.ReadUInt32LittleEndian(key[^4..]);
        }
        else
        {
            first = key[0];
            last = ((ulong)key[^1] << 8) | key[key.Length / 2];
        }

        return (uint)((((first * mix) ^ last ^ (ulong)key.Length) * mix) >> 40);
    }

    private static bool TryReadValue(ReadOnlySpan<byte> text, out long value)
    {
        var cursor = new TextCursor(text);
        cursor.TrySkip(":"u8);
        cursor.SkipBlanks();
        if (cursor.TrySkip("max"u8))
            value = Quantity.Unlimited;
        else if (!cursor.TryNumber(out value))
            return false;
        if (cursor.TrySkip(" kB"u8))
            value = Quantity.FromKibibytes(value);
        cursor.SkipBlanks();
        return cursor.Rest.IsEmpty;
    }
}
