using PressureD.Core.Readers;
using PressureD.Core.Sampling;

namespace PressureD.Core.Tests.Sampling;

public sealed class ExhaustionTrendTests
{
    private const long MiB = 1 << 20;

    private readonly ExhaustionTrend _trend = new();

    [Fact]
    public void Fewer_than_three_samples_say_nothing()
    {
        _trend.Add(1_000_000, 900 * MiB);
        _trend.Add(2_000_000, 800 * MiB);
        Assert.Equal(Quantity.Unknown, _trend.TimeToExhaustionUsec(800 * MiB));
        _trend.Add(3_000_000, 700 * MiB);
        Assert.Equal(7_000_000, _trend.TimeToExhaustionUsec(700 * MiB));
    }

    [Fact]
    public void What_does_not_shrink_lasts_for_ever()
    {
        for (int i = 1; i <= 5; i++)
            _trend.Add(i * 500_000, 800 * MiB);
        Assert.Equal(Quantity.Unlimited, _trend.TimeToExhaustionUsec(800 * MiB));
        for (int i = 6; i <= 12; i++)
            _trend.Add(i * 500_000, (800 + (i * 10)) * MiB);
        Assert.Equal(Quantity.Unlimited, _trend.TimeToExhaustionUsec(900 * MiB));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void One_wild_sample_does_not_move_it(int wild)
    {
        for (int i = 1; i <= 8; i++)
            _trend.Add(i * 1_000_000 / 2, i == wild ? 10 * MiB : (1000 - (i * 50)) * MiB);
        Assert.InRange(_trend.BytesPerSecond, -110 * MiB, -90 * MiB);
    }

    [Fact]
    public void Samples_of_another_time_are_dropped()
    {
        for (int i = 1; i <= 8; i++)
            _trend.Add(i * 500_000, (1000 - (i * 50)) * MiB);
        _trend.Add(60_000_000, 600 * MiB);
        Assert.Equal(Quantity.Unknown, _trend.BytesPerSecond);
    }

    [Fact]
    public void Samples_too_close_together_are_left_out()
    {
        _trend.Add(1_000_000, 900 * MiB);
        _trend.Add(1_010_000, 100 * MiB);
        _trend.Add(2_000_000, 800 * MiB);
        _trend.Add(3_000_000, 700 * MiB);
        Assert.Equal(-100 * MiB, _trend.BytesPerSecond);
    }

    [Fact]
    public void True_distances_in_time_count()
    {
        _trend.Add(1_000_000, 1000 * MiB);
        _trend.Add(1_100_000, 990 * MiB);
        _trend.Add(4_100_000, 690 * MiB);
        Assert.Equal(-100 * MiB, _trend.BytesPerSecond);
        _trend.Reset();
        Assert.Equal(Quantity.Unknown, _trend.BytesPerSecond);
    }
}
