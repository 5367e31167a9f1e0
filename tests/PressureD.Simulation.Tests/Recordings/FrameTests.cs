using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using PressureD.Simulation.Recordings;

namespace PressureD.Simulation.Tests.Recordings;

/// <summary>Frames give what the files said, in whatever order files come, change and go.</summary>
public sealed class FrameTests
{
    [Fact]
    public void Any_history_is_read_back()
    {
        Random random = new(11);
        FrameEncoder encoder = new();
        FrameDecoder decoder = new();
        Dictionary<string, RecordedCell> cells = [];
        for (int sample = 0; sample < 3_000; sample++)
        {
            encoder.Begin(1_000_000 + (sample * 500_000L), 5_000_000_000 + (sample * 500_123L));
            foreach (string key in cells.Keys.Where(_ => random.Next(10) == 0).ToArray())
            {
                encoder.Remove(cells[key]);
                cells.Remove(key);
            }

            for (int change = random.Next(6); change > 0; change--)
            {
                string key = $"/proc/{random.Next(20)}/stat";
                if (!cells.TryGetValue(key, out RecordedCell? cell))
                    cells[key] = cell = new RecordedCell(key);
                if (random.Next(5) == 0)
                    encoder.PutErrno(cell, 1 + random.Next(3));
                else
                    encoder.Put(
                        cell, Encoding.UTF8.GetBytes($"a {random.Next(3)} b{random.Next(2)} {random.Next()}\n"));
            }

            ReadOnlySpan<byte> frame = encoder.End();
            decoder.Read(sample == 0 || random.Next(50) == 0 ? encoder.Whole() : frame);
            Assert.Equal(1_000_000 + (sample * 500_000L), decoder.NowUsec);
            Assert.InRange(5_000_000_000 + (sample * 500_123L) - decoder.WallUsec, 0, 999);
            Assert.Equal(
                cells.Values.Select(cell => $"{cell.Key} {cell.Errno} {Encoding.UTF8.GetString(cell.Content)}").Order(),
                decoder.Values.Select(Describe).Order());
        }
    }

    [Fact]
    public void What_is_no_frame_is_refused_whatever_its_bytes()
    {
        FrameEncoder encoder = new();
        encoder.Begin(1, 1);
        encoder.Put(new RecordedCell("/proc/meminfo"), "MemFree: 1 kB\n"u8);
        byte[] whole = encoder.Whole().ToArray();
        for (int length = 0; length < whole.Length; length++)
            Assert.Throws<FormatException>(() => new FrameDecoder().Read(whole.AsSpan(0, length)));
        Random random = new(5);
        int refused = 0;
        for (int round = 0; round < 20_000; round++)
        {
            byte[] damaged = [.. whole];
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                new FrameDecoder().Read(damaged);
            }
            catch (FormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, 20_000);
    }

    [Fact]
    public void A_difference_without_what_it_differs_from_is_refused()
    {
        FrameEncoder encoder = new();
        encoder.Begin(1, 1);
        encoder.Put(new RecordedCell("/proc/meminfo"), "1\n"u8);
        byte[] difference = encoder.End().ToArray();
        Assert.Throws<FormatException>(() => new FrameDecoder().Read(difference));
    }

    private static string Describe(KeyValuePair<string, RecordedValue> file) =>
        $"{file.Key} {file.Value.Errno} {Encoding.UTF8.GetString(file.Value.Content ?? [])}";
}
