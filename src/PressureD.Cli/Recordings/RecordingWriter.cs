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
        if (_stream is null || !TryPack(frame, out int bytes))
        {
            return false;
        }

        WritePacked(frame.Length, bytes);
        return true;
    }

    /// <summary>Begins a segment with a frame that needs none before it.</summary>
    /// <exception cref="IOException">
    /// The file cannot be written, or the frame alone is larger than a segment can be; what was written before stays.
    /// </exception>
    internal void Begin(ReadOnlySpan<byte> whole)
    {
        _stream?.Dispose();
        _stream = new DeflateStream(_packed, CompressionLevel.Optimal, leaveOpen: true);
        _left = _slotBytes - RecordingLayout.SlotHeaderBytes;
        if (!TryPack(whole, out int bytes))
        {
            throw new IOException(
                "one sample of this machine is larger than an eighth of the file; expected a larger --max-size");
        }

        _file.Position = RecordingLayout.HeaderBytes + (_segment % RecordingLayout.Slots * _slotBytes);
        _segment++;
        Span<byte> header = stackalloc byte[RecordingLayout.SlotHeaderBytes];
        RecordingLayout.WriteSlot(header, _segment);
        _file.Write(header);
        WritePacked(whole.Length, bytes);
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

    /// <returns>Whether it fits into what is left of the segment, and can be read again.</returns>
    private bool TryPack(ReadOnlySpan<byte> frame, out int bytes)
    {
        _packed.SetLength(0);
        _stream!.Write(frame);
        _stream.Flush();
        bytes = RecordingLayout.ChunkHeaderBytes + (int)_packed.Length;

        // What ends the recording fits behind it.
        return frame.Length <= RecordingLayout.MostFrameBytes && bytes + RecordingLayout.ChunkHeaderBytes <= _left;
    }

    private void WritePacked(int frameBytes, int bytes)
    {
        WriteChunk(_packed.GetBuffer().AsSpan(0, (int)_packed.Length), frameBytes);
        _left -= bytes;
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
