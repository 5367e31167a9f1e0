using System;
using System.Text;
using PressureD.Simulation.Recordings;

namespace PressureD.Simulation.Tests.Recordings;

/// <summary>Whatever a file said before, what it says now is read back byte for byte.</summary>
public sealed class TextDeltaTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("", "7\n")]
    [InlineData("7\n", "")]
    [InlineData("populated 1\nfrozen 0\n", "populated 0\nfrozen 0\n")]
    [InlineData("some avg10=0.00 avg60=9.99 total=1\n", "some avg10=12.05 avg60=10.00 total=123456789\n")]
    [InlineData("MemFree:         1234567 kB\n", "MemFree:           98765 kB\n")]
    [InlineData("MemFree:           98765 kB\n", "MemFree:         1234567 kB\n")]
    [InlineData("VmRSS:\t  999999 kB\n", "VmRSS:\t 1000000 kB\n")]
    [InlineData("10 -5 0\n", "10 5 0\n")]
    [InlineData("max\n", "1048576\n")]
    [InlineData("a 007\n", "a 008\n")]
    [InlineData("a 18446744073709551615\n", "a 18446744073709551614\n")]
    [InlineData("a 999999999999999999\n", "a 1\n")]
    [InlineData("6.1.0-13 1.5.2\n", "6.1.0-14 1.50.2\n")]
    [InlineData("x 1.1234567\n", "x 1.1234568\n")]
    [InlineData("1", "2")]
    [InlineData("1.", "2.")]
    [InlineData(" 1  2   3", " 10  20   30")]
    [InlineData("0.5 0.05", "0.05 0.5")]
    public void Is_read_back(string before, string content)
    {
        AssertReadBack(Encoding.UTF8.GetBytes(before), Encoding.UTF8.GetBytes(content));
    }

    [Fact]
    public void Any_two_texts_of_the_characters_that_matter_are_read_back()
    {
        const string units = "0019 .  -k\n";
        Random random = new(7);
        for (int round = 0; round < 200_000; round++)
        {
            byte[] before = Text(random, units);
            byte[] content = random.Next(4) == 0 ? Text(random, units) : Altered(random, before);
            AssertReadBack(before, content);
        }
    }

    [Fact]
    public void Numbers_that_change_take_two_bytes_each()
    {
        FrameBuffer output = new();
        TextDelta.Write("a 100\nb 200\nc 300\n"u8, "a 101\nb 200\nc 299\n"u8, output);
        Assert.Equal(2 + 2 + 2, output.Length);
    }

    [Fact]
    public void A_difference_that_does_not_fit_what_was_before_is_refused()
    {
        FrameBuffer output = new();
        TextDelta.Write("a 1 2\n"u8, "a 1 3\n"u8, output);
        byte[] bytes = output.Bytes.ToArray();
        Assert.Throws<FormatException>(() => Read("a 1\n"u8, bytes));
        Assert.Throws<FormatException>(() => Read("a 1 2\n"u8, bytes.AsSpan(0, bytes.Length - 1)));
    }

    private static void AssertReadBack(byte[] before, byte[] content)
    {
        FrameBuffer output = new();
        TextDelta.Write(before, content, output);
        FrameCursor input = new(output.Bytes);
        (byte[]? read, int errno) = TextDelta.Read(before, ref input, new FrameBuffer());
        Assert.Equal(Encoding.UTF8.GetString(content), Encoding.UTF8.GetString(read!));
        Assert.Equal(0, errno);
        Assert.True(input.IsAtEnd);
    }

    private static byte[]? Read(ReadOnlySpan<byte> before, ReadOnlySpan<byte> delta)
    {
        FrameCursor input = new(delta);
        return TextDelta.Read(before, ref input, new FrameBuffer()).Content;
    }

    private static byte[] Text(Random random, string units)
    {
        byte[] text = new byte[random.Next(12)];
        for (int i = 0; i < text.Length; i++)
            text[i] = (byte)units[random.Next(units.Length)];
        return text;
    }

    private static byte[] Altered(Random random, byte[] before)
    {
        byte[] content = [.. before];
        for (int i = 0; i < content.Length; i++)
        {
            if (content[i] is >= (byte)'0' and <= (byte)'9' && random.Next(2) == 0)
                content[i] = (byte)('0' + random.Next(10));
        }

        return content;
    }
}
