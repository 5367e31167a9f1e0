using System.Text;
using PressureD.Core.Readers;

namespace PressureD.Core.Tests.Readers;

public sealed class ValueReaderTests
{
    [Theory]
    [InlineData("63160320\n", 63160320)]
    [InlineData("0\n", 0)]
    [InlineData("-1000\n", -1000)]
    [InlineData("  17 \n", 17)]
    [InlineData("9223372036854775806\n", long.MaxValue - 1)]
    public void Reads_one_number(string text, long expected)
    {
        Assert.True(ValueReader.TryRead(Encoding.UTF8.GetBytes(text), out long value));
        Assert.Equal(expected, value);
    }

    [Fact]
    public void Max_is_unlimited_never_zero()
    {
        Assert.True(ValueReader.TryRead("max\n"u8, out long value));
        Assert.Equal(Quantity.Unlimited, value);
    }

    [Theory]
    [InlineData("9223372036854775808\n")]
    [InlineData("18446744073709551615\n")]
    [InlineData("99999999999999999999999999999999999999\n")]
    public void Digits_beyond_63_bits_are_unlimited(string text)
    {
        Assert.True(ValueReader.TryRead(Encoding.UTF8.GetBytes(text), out long value));
        Assert.Equal(Quantity.Unlimited, value);
    }

    [Fact]
    public void Digits_beyond_63_bits_below_zero_are_not_unknown()
    {
        Assert.True(ValueReader.TryRead("-99999999999999999999\n"u8, out long value));
        Assert.NotEqual(Quantity.Unknown, value);
    }

    [Theory]
    [InlineData("1048")]
    [InlineData("max")]
    [InlineData("ma")]
    public void A_truncated_buffer_gives_no_half_number(string text)
    {
        Assert.False(ValueReader.TryRead(Encoding.UTF8.GetBytes(text), out long value));
        Assert.Equal(Quantity.Unknown, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("-\n")]
    [InlineData("12x\n")]
    [InlineData("1.5\n")]
    [InlineData("maxi\n")]
    [InlineData("1\n2\n")]
    [InlineData("low 0\n")]
    public void Anything_else_is_refused(string text)
    {
        Assert.False(ValueReader.TryRead(Encoding.UTF8.GetBytes(text), out long value));
        Assert.Equal(Quantity.Unknown, value);
    }
}
