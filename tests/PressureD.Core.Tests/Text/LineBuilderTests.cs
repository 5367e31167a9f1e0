using System;
using System.Text;
using PressureD.Core.Readers;
using PressureD.Core.Text;

namespace PressureD.Core.Tests.Text;

public sealed class LineBuilderTests
{
    private delegate void Writing(ref LineBuilder line);

    private static string Write(Writing writing, int room = 100)
    {
        var line = new LineBuilder(new byte[room]);
        writing(ref line);
        return Encoding.UTF8.GetString(line.Written);
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1, "1 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1 KiB")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(512L << 20, "512 MiB")]
    [InlineData(1288490189, "1.2 GiB")]
    [InlineData((1L << 30) - 1, "1 GiB")]
    [InlineData(63160320, "60.2 MiB")]
    [InlineData(-3 * 1024, "-3 KiB")]
    [InlineData(long.MaxValue - 1, "8 EiB")]
    [InlineData(long.MinValue + 1, "-8 EiB")]
    [InlineData(Quantity.Unknown, "unknown")]
    [InlineData(Quantity.Unlimited, "max")]
    public void Bytes_are_in_iec_units_to_a_tenth(long bytes, string expected) =>
        Assert.Equal(expected, Write((ref LineBuilder line) => line.AppendBytes(bytes)));

    [Theory]
    [InlineData(0, "0.00%")]
    [InlineData(98_765, "9.87%")]
    [InlineData(99_999, "9.99%")]
    [InlineData(100_000, "10.00%")]
    [InlineData(1_000_000, "100.00%")]
    [InlineData(500, "0.05%")]
    [InlineData(-12_300, "-1.23%")]
    [InlineData(Quantity.Unknown, "unknown")]
    [InlineData(Quantity.Unlimited, "max")]
    public void A_ratio_is_in_percent_and_cut_at_hundredths(long millionths, string expected) =>
        Assert.Equal(expected, Write((ref LineBuilder line) => line.AppendRatio(millionths)));

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(850, "850 us")]
    [InlineData(300_000, "300 ms")]
    [InlineData(999_999, "999 ms")]
    [InlineData(1_500_000, "1.50 s")]
    [InlineData(59_999_999, "59.99 s")]
    [InlineData(60_000_000, "1 min")]
    [InlineData(125_000_000, "2 min 5 s")]
    [InlineData(3_600_000_000, "1 h")]
    [InlineData(11_430_000_000, "3 h 10 min")]
    [InlineData(-1_500_000, "-1.50 s")]
    [InlineData(Quantity.Unknown, "unknown")]
    [InlineData(Quantity.Unlimited, "max")]
    public void A_duration_is_in_its_two_largest_units(long usec, string expected) =>
        Assert.Equal(expected, Write((ref LineBuilder line) => line.AppendDuration(usec)));

    [Fact]
    public void Pieces_follow_each_other()
    {
        string text = Write((ref LineBuilder line) =>
        {
            line.Append("kill "u8);
            line.Append(4242);
            line.Append(' ');
            line.Append('"');
            line.AppendEscaped("a\"b\n"u8);
            line.Append('"');
            line.Append(" größe ");
            line.Append((string?)null);
            line.Append(long.MinValue);
        });
        Assert.Equal("kill 4242 \"a\\\"b\\x0a\" größe -9223372036854775808", text);
    }

    [Fact]
    public void Text_is_cut_at_a_whole_character_and_nothing_follows()
    {
        Assert.Equal("a", Write(Cut8, 3));
        Assert.Equal("a", Write(Cut16, 3));
        Assert.Equal("a漢x", Write(Cut8, 5));
        Assert.Equal("a漢x", Write(Cut16, 5));

        static void Cut8(ref LineBuilder line)
        {
            line.Append("a漢"u8);
            line.Append("x"u8);
        }

        static void Cut16(ref LineBuilder line)
        {
            line.Append("a漢");
            line.Append("x");
        }
    }

    [Fact]
    public void Numbers_are_never_cut()
    {
        Assert.Equal("ab", Write((ref LineBuilder line) => { line.Append("ab"); line.Append(123); }, 4));
        Assert.Equal("ab", Write((ref LineBuilder line) => { line.Append("ab"); line.Append(12); line.Append(4); }, 3));
        Assert.Equal("ab", Write((ref LineBuilder line) => { line.Append("ab"); line.AppendBytes(1536); }, 8));
        Assert.Equal("ab", Write((ref LineBuilder line) => { line.Append("ab"); line.AppendRatio(98_765); }, 6));
        Assert.Equal("ab", Write((ref LineBuilder line) => { line.Append("ab"); line.AppendDuration(1_500_000); }, 7));
    }

    [Fact]
    public void Truncated_tells_that_something_did_not_fit()
    {
        Span<byte> buffer = stackalloc byte[4];
        var line = new LineBuilder(buffer);
        line.Append("abcd");
        Assert.False(line.Truncated);
        Assert.Equal(4, line.Length);
        line.Append(""u8);
        Assert.False(line.Truncated);
        line.AppendEscaped("e"u8);
        Assert.True(line.Truncated);
        Assert.Equal("abcd"u8, line.Written);
    }

    [Fact]
    public void A_buffer_of_nothing_takes_nothing()
    {
        Assert.Equal("", Write((ref LineBuilder line) => { line.Append("a"); line.AppendBytes(1); }, 0));
    }
}
