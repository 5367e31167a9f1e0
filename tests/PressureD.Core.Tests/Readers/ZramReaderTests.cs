using System.Text;
using PressureD.Core.Readers;

namespace PressureD.Core.Tests.Readers;

public sealed class ZramReaderTests
{
    [Fact]
    public void Reads_the_first_four_and_takes_a_limit_of_zero_for_none()
    {
        Assert.True(ZramReader.TryRead(Samples.ZramMmStat, out ZramStat stat));
        Assert.Equal(527106048, stat.OriginalBytes);
        Assert.Equal(267968630, stat.CompressedBytes);
        Assert.Equal(282599424, stat.UsedBytes);
        Assert.Equal(Quantity.Unlimited, stat.LimitBytes);
    }

    [Fact]
    public void Older_kernels_with_fewer_fields_are_read()
    {
        Assert.True(ZramReader.TryRead("4096 74 12288 1048576 12288 0 0\n"u8, out ZramStat stat));
        Assert.Equal(1048576, stat.LimitBytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1 2 3")]
    [InlineData("1 2 3\n")]
    [InlineData("1 2 3 4")]
    [InlineData("1 2 x 4\n")]
    [InlineData("1 -2 3 4\n")]
    public void Truncated_or_odd_text_is_refused(string text)
    {
        Assert.False(ZramReader.TryRead(Encoding.UTF8.GetBytes(text), out ZramStat stat));
        Assert.Equal(0, stat.OriginalBytes);
    }
}
