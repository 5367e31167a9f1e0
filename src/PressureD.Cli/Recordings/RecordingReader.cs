using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;

namespace PressureD.Cli.Recordings;

/// <summary>Reads what a <see cref="RecordingWriter"/> wrote, up to where it was cut off or damaged.</summary>
internal sealed class RecordingReader
{
    private readonly string _path;
    private readonly long _slotBytes;
    private readonly List<(uint Segment, int Slot)> _segments = [];

    /// <exception cref="FormatException">It is no recording.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal RecordingReader(string path)
    {
        _path = path;
        using FileStream file = Open();
        byte[] header = new byte[RecordingLayout.HeaderBytes];
        int length = file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        (int slots, _slotBytes) = RecordingLayout.ReadHeader(header.AsSpan(0, length));
        for (int slot = 0; slot < slots; slot++)
        {
            file.Position = PositionOf(slot);
            length = file.ReadAtLeast(header, RecordingLayout.SlotHeaderBytes, throwOnEndOfStream: false);
            if (RecordingLayout.ReadSlot(header.AsSpan(0, length)) is { } segment)
            {
                _segments.Add((segment, slot));
            }
        }

        _segments.Sort();
    }

    /// <summary>Whether older parts have given way, so that it begins later than the recording did.</summary>
    internal bool HasDropped => _segments.Count > 0 && _segments[0].Segment > 1;

    /// <summary>Whether it ends where the recorder ended; known once all frames were read.</summary>
    internal bool HasEnd { get; private set; }

    /// <summary>All frames in their order. Each is good until the next one.</summary>
    internal IEnumerable<ReadOnlyMemory<byte>> Frames()
    {
        using FileStream file = Open();
        foreach ((uint segment, int slot) in _segments)
        {
            file.Position = PositionOf(slot) + RecordingLayout.SlotHeaderBytes;
            foreach (ReadOnlyMemory<byte> frame in Segment(file, segment))
            {
                yield return frame;
            }
        }
    }

    private IEnumerable<ReadOnlyMemory<byte>> Segment(FileStream file, uint segment)
    {
        using MemoryStream packed = new();
        using DeflateStream stream = new(packed, CompressionMode.Decompress);
        byte[] frame = [];
        while (true)
        {
            (byte[] Packed, int UnpackedBytes)? chunk = Chunk(file, segment);
            HasEnd = chunk is { UnpackedBytes: 0 };
            if (chunk is not (var content, > 0 and var bytes))
            {
                yield break;
            }

            // The stream reads no further than a frame needs, and of a chunk that ends just beyond one of its buffers
            // it leaves the mark at the end. That comes before the next chunk.
            byte[] left = packed.ToArray()[(int)packed.Position..];
            packed.SetLength(0);
            packed.Write(left);
            packed.Write(content);
            packed.Position = 0;
            if (frame.Length < bytes)
            {
                frame = new byte[bytes];
            }

            stream.ReadExactly(frame, 0, bytes);
            yield return frame.AsMemory(0, bytes);
        }
    }

    /// <summary>The next chunk; null where there is none that was written whole.</summary>
    private static (byte[] Packed, int UnpackedBytes)? Chunk(FileStream file, uint segment)
    {
        byte[] header = new byte[RecordingLayout.ChunkHeaderBytes];
        if (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length)
        {
            return null;
        }

        (int packedBytes, int unpackedBytes) = RecordingLayout.ReadChunk(header);
        bool isPossible = packedBytes >= 0 && packedBytes <= file.Length - file.Position
            && unpackedBytes is >= 0 and <= RecordingLayout.MostFrameBytes;
        if (!isPossible)
        {
            return null;
        }

        byte[] packed = new byte[packedBytes];
        file.ReadExactly(packed);
        return RecordingLayout.IsChunk(header, segment, packed) ? (packed, unpackedBytes) : null;
    }

    private FileStream Open() => new(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);

    private long PositionOf(int slot) => RecordingLayout.HeaderBytes + (slot * _slotBytes);
}
