using System.Text;
using PressureD.Core.Publishing;
using PressureD.Core.Readers;

namespace PressureD.Core.Tests.Publishing;

public sealed class TextBufferTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(10L << 20, "10.0 MiB")]
    [InlineData((5L << 30) + (512L << 20), "5.5 GiB")]
    [InlineData(-2048, "-2.0 KiB")]
    [InlineData(Quantity.Unknown, "unknown")]
    [InlineData(Quantity.Unlimited, "unlimited")]
    public void Bytes_have_a_unit(long bytes, string expected) =>
        Assert.Equal(expected, new TextBuffer(64).AppendBytes(bytes).ToString());

    [Theory]
    [InlineData(0, "0.0%")]
    [InlineData(123_456, "12.3%")]
    [InlineData(1_000_000, "100.0%")]
    [InlineData(Quantity.Unknown, "unknown")]
    public void Millionths_are_percent(long millionths, string expected) =>
        Assert.Equal(expected, new TextBuffer(64).AppendPercent(millionths).ToString());

    [Theory]
    [InlineData(7, "7 us")]
    [InlineData(250_000, "250 ms")]
    [InlineData(3_500_000, "3.5 s")]
    [InlineData(720_000_000, "12.0 min")]
    [InlineData(7_199_999_999, "119.9 min")]
    [InlineData(7_200_000_000, "2.0 h")]
    [InlineData(161_820_000_000, "44.9 h")]
    [InlineData(172_800_000_000, "2.0 days")]
    [InlineData(Quantity.Unlimited, "unlimited")]
    public void Durations_have_a_unit(long usec, string expected) =>
        Assert.Equal(expected, new TextBuffer(64).AppendDuration(usec).ToString());

    [Fact]
    public void Names_cannot_forge_lines_or_steer_a_terminal()
    {
        byte[] name = [.. "a\n\u001b[2J\u202ex é"u8, 0xFF, 0xC3];
        Assert.Equal(
            "a\\x0a\\x1b[2J\\xe2\\x80\\xaex é\\xff\\xc3",
            new TextBuffer(64).AppendEscaped(name).ToString());
    }

    [Theory]
    [InlineData("plain text (1)", "plain text (1)")]
    [InlineData("a\nb\t\u001b[31m\0\u007f", "a\\x0ab\\x09\\x1b[31m\\x00\\x7f")]
    [InlineData("größe 漢字 🔥", "größe 漢字 🔥")]
    [InlineData("\u009b", "\\xc2\\x9b")]
    [InlineData("\u2028", "\\xe2\\x80\\xa8")]
    [InlineData("\ufeff", "\\xef\\xbb\\xbf")]
    [InlineData("\ue000", "\\xee\\x80\\x80")]
    public void Names_keep_what_prints(string name, string expected) =>
        Assert.Equal(expected, new TextBuffer(64).AppendEscaped(Encoding.UTF8.GetBytes(name)).ToString());

    [Fact]
    public void Escaped_names_never_hold_a_control_or_invalid_utf8()
    {
        var random = new System.Random(4);
        var raw = new byte[60];
        for (int round = 0; round < 2000; round++)
        {
            random.NextBytes(raw);
            string escaped = new TextBuffer(8 + random.Next(200)).AppendEscaped(raw).ToString();
            Assert.DoesNotContain('\uFFFD', escaped);
            Assert.DoesNotContain(escaped, char.IsControl);
        }
    }

    [Fact]
    public void Text_that_does_not_fit_is_cut_between_characters_and_says_so()
    {
        TextBuffer text = new(10);
        text.Append("123456é89"u8);
        Assert.False(text.Truncated);
        text.Append("0"u8);
        Assert.True(text.Truncated);
        Assert.Equal("123456...", text.ToString());
        Assert.Equal("123456...", text.Append("more").Append(5).ToString());
        Assert.Equal("again", text.Clear().Append("again").ToString());
    }

    [Fact]
    public void Strings_are_cut_between_characters_too()
    {
        TextBuffer text = new(8);
        text.Append("éééé").Append("é");
        Assert.Equal("éé...", text.ToString());
        Assert.Equal(Encoding.UTF8.GetByteCount("éé..."), text.Length);
    }

    [Fact]
    public void A_copy_keeps_content_and_truncation()
    {
        TextBuffer text = new(8);
        text.Append("0123456789"u8);
        TextBuffer copy = new(8);
        copy.CopyFrom(text);
        Assert.Equal(text.ToString(), copy.ToString());
        Assert.True(copy.Truncated);
    }
}
