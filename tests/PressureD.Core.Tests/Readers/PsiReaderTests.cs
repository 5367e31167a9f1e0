using PressureD.Core.Readers;

namespace PressureD.Core.Tests.Readers;

public sealed class PsiReaderTests
{
    [Fact]
    public void Reads_both_lines_in_millionths_and_usec()
    {
        Assert.True(PsiReader.TryRead(Samples.Pressure, out PsiReading reading));
        Assert.True(reading.Some.Present);
        Assert.Equal(12_300, reading.Some.Avg10);
        Assert.Equal(4_000, reading.Some.Avg60);
        Assert.Equal(900, reading.Some.Avg300);
        Assert.Equal(1_467_421, reading.Some.TotalUsec);
        Assert.True(reading.Full.Present);
        Assert.Equal(7_100, reading.Full.Avg10);
        Assert.Equal(903_117, reading.Full.TotalUsec);
    }

    [Fact]
    public void A_hundred_percent_is_the_whole()
    {
        Assert.True(PsiReader.TryRead("full avg10=100.00 avg60=0.01 avg300=0.00 total=0\n"u8, out PsiReading reading));
        Assert.Equal(Quantity.Whole, reading.Full.Avg10);
        Assert.Equal(100, reading.Full.Avg60);
    }

    [Fact]
    public void A_missing_full_line_is_not_present_as_before_5_13_for_cpu()
    {
        Assert.True(PsiReader.TryRead("some avg10=0.50 avg60=0.00 avg300=0.00 total=9\n"u8, out PsiReading reading));
        Assert.True(reading.Some.Present);
        Assert.False(reading.Full.Present);
    }

    [Fact]
    public void A_missing_some_line_is_not_present_as_in_irq_pressure()
    {
        Assert.True(PsiReader.TryRead("full avg10=0.50 avg60=0.00 avg300=0.00 total=9\n"u8, out PsiReading reading));
        Assert.False(reading.Some.Present);
        Assert.True(reading.Full.Present);
    }

    [Fact]
    public void Fields_and_lines_of_a_later_kernel_are_ignored()
    {
        Assert.True(PsiReader.TryRead(
            "most avg10=9.00\nsome max=7 avg10=0.50 avg30=1.00 avg60=0.25 avg300=0.00 total=9 peak=x\n"u8,
            out PsiReading reading));
        Assert.Equal(5_000, reading.Some.Avg10);
        Assert.Equal(2_500, reading.Some.Avg60);
        Assert.Equal(9, reading.Some.TotalUsec);
    }

    [Fact]
    public void A_total_beyond_63_bits_does_not_wrap()
    {
        Assert.True(PsiReader.TryRead(
            "some avg10=0.00 avg60=0.00 avg300=0.00 total=18446744073709551615\n"u8, out PsiReading reading));
        Assert.Equal(long.MaxValue, reading.Some.TotalUsec);
    }

    [Fact]
    public void A_truncated_second_line_is_not_taken()
    {
        Assert.True(PsiReader.TryRead(Samples.Pressure[..^2], out PsiReading reading));
        Assert.True(reading.Some.Present);
        Assert.False(reading.Full.Present);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("some avg10=0.00 avg60=0.00 avg300=0.00 total=0")]
    [InlineData("some avg10=0.00 avg60=0.00 avg300=0.00\n")]
    [InlineData("some avg10=0.00 avg60=0.00 total=1\n")]
    [InlineData("some avg10=x avg60=0.00 avg300=0.00 total=1\n")]
    [InlineData("some avg10=-1.00 avg60=0.00 avg300=0.00 total=1\n")]
    [InlineData("some avg10=1. avg60=0.00 avg300=0.00 total=1\n")]
    [InlineData("some avg10=1.2x avg60=0.00 avg300=0.00 total=1\n")]
    [InlineData("some avg10=1000.00 avg60=0.00 avg300=0.00 total=1\n")]
    [InlineData("some avg10=0.00 avg60=0.00 avg300=0.00 total=-1\n")]
    [InlineData("some avg10=0.00 avg60=0.00 avg300=0.00 total=1x\n")]
    [InlineData("half avg10=0.00 avg60=0.00 avg300=0.00 total=1\n")]
    public void Garbage_is_refused(string text)
    {
        Assert.False(PsiReader.TryRead(System.Text.Encoding.UTF8.GetBytes(text), out PsiReading reading));
        Assert.False(reading.Some.Present || reading.Full.Present);
    }
}
