using System;
using System.Buffers.Binary;
using System.Numerics;

namespace PressureD.Cli.Recordings;

/// <summary>
/// How a recording lies in its file: a header, then slots of one size that are filled in turn, and from the first on
/// again when the last is full. Numbers are little-endian.
/// </summary>
/// <remarks>
/// Header: the magic text, version, count of slots (4 bytes each), bytes of a slot (8), CRC-32C of all that (4).
/// Slot: a mark, the number of the segment, their CRC (4 bytes each); then chunks.
/// Chunk: bytes packed, bytes unpacked, CRC (4 bytes each), and the packed bytes: one frame, a part of the one DEFLATE
/// stream of the segment that can be unpacked without what follows. Its CRC begins with the segment's number, so that
/// what an older segment left behind is no continuation. A chunk of no bytes says that the recording ends here.
/// The first frame of a segment needs none before it.
/// </remarks>
internal static class RecordingLayout
{
    internal const int Version = 1;
    internal const int HeaderBytes = 64;
    internal const int SlotHeaderBytes = 12;
    internal const int ChunkHeaderBytes = 12;

    /// <summary>Room for a slot's mark, one chunk and the end.</summary>
    internal const long LeastSlotBytes = 4096;

    /// <summary>No frame is larger.</summary>
    internal const int MostFrameBytes = 64 << 20;

    /// <summary>One part of so many is lost when the file is full.</summary>
    internal const int Slots = 8;

    private const uint SlotMark = 0x31474553;

    internal static ReadOnlySpan<byte> Magic => "pressured record"u8;

    internal static void WriteHeader(Span<byte> header, int slots, long slotBytes)
    {
        header.Clear();
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(header[20..], slots);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], slotBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(header[32..], Crc(0, header[..32]));
    }

    /// <exception cref="FormatException">It is no recording, or none that can be read.</exception>
    internal static (int Slots, long SlotBytes) ReadHeader(ReadOnlySpan<byte> header)
    {
        if (header.Length < HeaderBytes || !header.StartsWith(Magic))
        {
            throw new FormatException("it is no recording of pressurectl");
        }

        int version = BinaryPrimitives.ReadInt32LittleEndian(header[16..]);
        if (version != Version)
        {
            throw new FormatException($"it is a recording of version {version}, and this program reads {Version}");
        }

        int slots = BinaryPrimitives.ReadInt32LittleEndian(header[20..]);
        long slotBytes = BinaryPrimitives.ReadInt64LittleEndian(header[24..]);
        bool isWhole = BinaryPrimitives.ReadUInt32LittleEndian(header[32..]) == Crc(0, header[..32]);
        return isWhole && slots is > 0 and <= 1024 && slotBytes is >= LeastSlotBytes and <= 1L << 40
            ? (slots, slotBytes)
            : throw new FormatException("its header is damaged");
    }

    internal static void WriteSlot(Span<byte> header, uint segment)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, SlotMark);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], segment);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], Crc(SlotMark, header[4..8]));
    }

    /// <returns>The segment's number, or null when nothing was written there.</returns>
    internal static uint? ReadSlot(ReadOnlySpan<byte> header) =>
        header.Length >= SlotHeaderBytes
        && BinaryPrimitives.ReadUInt32LittleEndian(header) == SlotMark
        && BinaryPrimitives.ReadUInt32LittleEndian(header[8..]) == Crc(SlotMark, header[4..8])
            ? BinaryPrimitives.ReadUInt32LittleEndian(header[4..])
            : null;

    internal static void WriteChunk(Span<byte> header, uint segment, ReadOnlySpan<byte> packed, int unpackedBytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(header, packed.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], unpackedBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], Crc(Crc(segment, header[..8]), packed));
    }

    /// <summary>What follows a chunk's header, as that says; not checked yet.</summary>
    internal static (int PackedBytes, int UnpackedBytes) ReadChunk(ReadOnlySpan<byte> header) => (
        BinaryPrimitives.ReadInt32LittleEndian(header), BinaryPrimitives.ReadInt32LittleEndian(header[4..]));

    internal static bool IsChunk(ReadOnlySpan<byte> header, uint segment, ReadOnlySpan<byte> packed) =>
        BinaryPrimitives.ReadUInt32LittleEndian(header[8..]) == Crc(Crc(segment, header[..8]), packed);

    private static uint Crc(uint start, ReadOnlySpan<byte> bytes)
    {
        uint crc = ~start;
        foreach (byte unit in bytes)
        {
            crc = BitOperations.Crc32C(crc, unit);
        }

        return ~crc;
    }
}
