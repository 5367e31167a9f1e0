using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using PressureD.Cli.Recordings;

namespace PressureD.Cli.Tests.Recordings;

/// <summary>The file of a recording: what was written is read, of bounded size, cut off anywhere.</summary>
public sealed class RecordingFileTests : IDisposable
{
    private const int LeastBytes = 64 << 10;

    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Frames_are_read_in_their_order_and_byte_for_byte()
    {
        List<byte[]> frames = Write(20, 1 << 20);
        RecordingReader reader = new(_path);
        Assert.Equal(frames, Read(reader));
        Assert.True(reader.HasEnd);
        Assert.False(reader.HasDropped);
    }

    [Fact]
    public void A_frame_of_any_size_is_followed_by_the_next()
    {
        // Packed, some of them end just where the reader's stream has read so far.
        byte[] noise = new byte[20_000];
        new Random(1).NextBytes(noise);
        for (int length = 8_100; length < 8_200; length++)
        {
            using (FileStream file = new(_path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read))
            using (RecordingWriter writer = new(file, 1 << 20))
            {
                writer.Begin(noise.AsSpan(0, length));
                Assert.True(writer.TryWrite([1, 2, 3]));
                writer.End();
            }

            RecordingReader reader = new(_path);
            Assert.Equal([noise[..length], [1, 2, 3]], Read(reader));
        }
    }

    [Fact]
    public void It_can_be_read_while_it_is_written()
    {
        using FileStream file = new(_path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read);
        using RecordingWriter writer = new(file, LeastBytes);
        writer.Begin([1, 2, 3]);
        RecordingReader reader = new(_path);
        Assert.Equal([[1, 2, 3]], Read(reader));
        Assert.False(reader.HasEnd);
    }

    [Fact]
    public void The_oldest_gives_way_and_the_size_is_kept()
    {
        List<byte[]> frames = Write(2_000, LeastBytes);
        Assert.InRange(new FileInfo(_path).Length, LeastBytes / 2, LeastBytes);
        RecordingReader reader = new(_path);
        List<byte[]> read = Read(reader);
        Assert.True(reader.HasDropped);
        Assert.True(reader.HasEnd);
        Assert.InRange(read.Count, 100, frames.Count - 1);
        Assert.Equal(frames[^read.Count..], read);

        // What is left begins with a frame that needs none before it.
        Assert.Equal(1, read[0][0]);
    }

    [Fact]
    public void Cut_off_at_any_byte_it_gives_the_frames_before()
    {
        List<byte[]> frames = Write(12, LeastBytes);
        byte[] whole = File.ReadAllBytes(_path);
        int least = 0;
        for (int length = RecordingLayout.HeaderBytes; length < whole.Length; length++)
        {
            File.WriteAllBytes(_path, whole[..length]);
            RecordingReader reader = new(_path);
            List<byte[]> read = Read(reader);
            Assert.InRange(read.Count, least, frames.Count);
            Assert.Equal(frames[..read.Count], read);
            Assert.False(reader.HasEnd);
            least = read.Count;
        }

        Assert.Equal(frames.Count, least);
    }

    [Fact]
    public void A_damaged_byte_ends_the_part_that_it_is_in()
    {
        List<byte[]> frames = Write(2_000, LeastBytes);
        byte[] bytes = File.ReadAllBytes(_path);
        int undamaged = Read(new RecordingReader(_path)).Count;
        bytes[bytes.Length / 3] ^= 0x10;
        File.WriteAllBytes(_path, bytes);
        List<byte[]> read = Read(new RecordingReader(_path));
        Assert.InRange(read.Count, undamaged * 3 / 4, undamaged - 1);
        Assert.Empty(read.Except(frames, new SameBytes()));
    }

    [Theory]
    [InlineData("", "no recording")]
    [InlineData("version: 1\nrules: []\nand so on and so on and so on and so on and so on", "no recording")]
    public void Another_file_is_named_as_such(string content, string expected)
    {
        File.WriteAllText(_path, content);
        Assert.Contains(expected, Assert.Throws<FormatException>(() => new RecordingReader(_path)).Message);
    }

    [Theory]
    [InlineData(16, "of version")]
    [InlineData(24, "header is damaged")]
    public void A_header_that_is_not_ours_is_refused(int offset, string expected)
    {
        Write(1, LeastBytes);
        byte[] bytes = File.ReadAllBytes(_path);
        bytes[offset] ^= 2;
        File.WriteAllBytes(_path, bytes);
        Assert.Contains(expected, Assert.Throws<FormatException>(() => new RecordingReader(_path)).Message);
    }

    [Fact]
    public void A_sample_larger_than_its_part_of_the_file_is_refused()
    {
        using FileStream file = File.Create(_path);
        using RecordingWriter writer = new(file, LeastBytes);
        byte[] noise = new byte[LeastBytes];
        new Random(1).NextBytes(noise);
        writer.Begin(noise.AsSpan(0, 1000));
        long before = file.Length;
        Assert.Throws<IOException>(() => writer.Begin(noise));
        Assert.Equal(before, file.Length);
    }

    /// <summary>Frames as a recorder gives them: the first byte says which need none before.</summary>
    private List<byte[]> Write(int count, int mostBytes)
    {
        Random random = new(3);
        List<byte[]> frames = [];
        using FileStream file = File.Create(_path);
        using RecordingWriter writer = new(file, mostBytes);
        for (int i = 0; i < count; i++)
        {
            byte[] frame = new byte[1 + random.Next(200)];
            random.NextBytes(frame);
            frame[0] = 0;
            if (!writer.TryWrite(frame))
            {
                frame[0] = 1;
                writer.Begin(frame);
            }

            frames.Add(frame);
        }

        writer.End();
        return frames;
    }

    private static List<byte[]> Read(RecordingReader reader) =>
        reader.Frames().Select(static frame => frame.ToArray()).ToList();

    private sealed class SameBytes : IEqualityComparer<byte[]>
    {
        public bool Equals(byte[]? left, byte[]? right) => left.AsSpan().SequenceEqual(right);

        public int GetHashCode(byte[] bytes) => bytes.Length;
    }
}
