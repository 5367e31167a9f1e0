using System;
using System.IO;
using System.IO.Compression;

namespace PressureD.Cli.Recordings;

/// <summary>
/// Writes the frames of a recording into a file of bounded size; see <see cref="RecordingLayout"/>. When it is full,
/// the oldest part gives way. Every frame is in the file when it was written: who is killed loses none.
/// </summary>
internal sealed class RecordingWriter : IDisposable
{
    private readonly Stream _file;
    private readonly long _slotBytes;
    private readonly MemoryStream _packed = new();
    private DeflateStream? _stream;
    private uint _segment;
    private long _left;

    /// <param name="file">An empty file that can be sought in. It is not closed here.</param>
    /// <param name="mostBytes">No more than that is written.</param>
    internal RecordingWriter(Stream file, long mostBytes)
    {
        _file = file;
        _slotBytes = (mostBytes - RecordingLayout.HeaderBytes) / RecordingLayout.Slots;
        ArgumentOutOfRangeException.ThrowIfLessThan(_slotBytes, RecordingLayout.LeastSlotBytes, nameof(mostBytes));
        Span<byte> header = stackalloc byte[RecordingLayout.HeaderBytes];
        RecordingLayout.WriteHeader(header, RecordingLayout.Slots, _slotBytes);
        file.Write(header);
        file.Flush();
    }

    /// <summary>Bytes of the file.</summary>
    internal long FileBytes => _file.Length;

    /// <summary>Whether older parts have given way.</summary>
    internal bool HasDropped => _segment > RecordingLayout.Slots;

    /// <summary>Writes a frame behind the one before.</summary>
    /// <returns>
    /// False when it does not fit into the segment: then the same moment is to be written by <see cref="Begin"/>.
    /// </returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    internal bool TryWrite(ReadOnlySpan<byte> frame)
    {
        if (_stream is null)
        {
            return false;
        }

        _packed.SetLength(0);
        _stream.Write(frame);
        _stream.Flush();
        ReadOnlySpan<byte> packed = _packed.GetBuffer().AsSpan(0, (int)_packed.Length);
        int bytes = RecordingLayout.ChunkHeaderBytes + packed.Length;

        // What ends the recording fits behind it.
        if (bytes + RecordingLayout.ChunkHeaderBytes > _left)
        {
            return false;
        }

        WriteChunk(packed, frame.Length);
        _left -= bytes;
        return true;
    }

    /// <summary>Begins a segment with a frame that needs none before it.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="ArgumentException">The frame alone is larger than a segment can be.</exception>
    internal void Begin(ReadOnlySpan<byte> whole)
    {
        _stream?.Dispose();
        _stream = new DeflateStream(_packed, CompressionLevel.Optimal, leaveOpen: true);
        _file.Position = RecordingLayout.HeaderBytes + (_segment % RecordingLayout.Slots * _slotBytes);
        _segment++;
        Span<byte> header = stackalloc byte[RecordingLayout.SlotHeaderBytes];
        RecordingLayout.WriteSlot(header, _segment);
        _file.Write(header);
        _left = _slotBytes - RecordingLayout.SlotHeaderBytes;
        if (!TryWrite(whole))
        {
            throw new ArgumentException("one sample of this machine is larger than an eighth of the file may be");
        }
    }

    /// <summary>Marks the end: nothing was lost behind it.</summary>
    internal void End()
    {
        if (_stream is not null)
        {
            WriteChunk([], 0);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream?.Dispose();
        _packed.Dispose();
    }

    private void WriteChunk(ReadOnlySpan<byte> packed, int unpackedBytes)
    {
        Span<byte> header = stackalloc byte[RecordingLayout.ChunkHeaderBytes];
        RecordingLayout.WriteChunk(header, _segment, packed, unpackedBytes);
        _file.Write(header);
        _file.Write(packed);
        _file.Flush();
    }
}
