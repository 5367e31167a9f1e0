using PressureD.Simulation.Pressure;

namespace PressureD.Simulation.Tests.Pressure;

public class PsiAveragesTests
{
    private const long PeriodNsec = 2_004_000_000;

    // p · (1 − 0.8189^k) for p = 100, in hundredths of a percent.
    [Theory]
    [InlineData(1, 1811)]
    [InlineData(3, 4508)]
    [InlineData(5, 6317)]
    [InlineData(10, 8643)]
    [InlineData(15, 9500)]
    public void Constant_stall_rises_as_the_closed_form_says(int periods, long expectedHundredths)
    {
        var averages = default(PsiAverages);
        for (var period = 0; period < periods; period++) averages.Fold(0, PeriodNsec, PeriodNsec);
        Assert.InRange(Hundredths(averages.Avg10), expectedHundredths - 30, expectedHundredths + 30);
    }

    [Fact]
    public void Rounding_lets_averages_reach_both_ends()
    {
        var averages = default(PsiAverages);
        for (var period = 0; period < 2_000; period++) averages.Fold(0, PeriodNsec, PeriodNsec);
        Assert.Equal(10_000, Hundredths(averages.Avg10));
        Assert.Equal(10_000, Hundredths(averages.Avg60));
        Assert.Equal(10_000, Hundredths(averages.Avg300));
        for (var period = 0; period < 2_000; period++) averages.Fold(0, 0, PeriodNsec);
        Assert.Equal(0, averages.Avg10);
        Assert.Equal(0, averages.Avg60);
        Assert.Equal(0, averages.Avg300);
    }

    [Fact]
    public void After_a_stall_avg10_falls_by_eighteen_percent_a_period()
    {
        // Observed after a kill: 81.2, 67.9, 55.6.
        var averages = default(PsiAverages);
        while (Hundredths(averages.Avg10) < 8_120) averages.Fold(0, PeriodNsec, PeriodNsec);
        var top = Hundredths(averages.Avg10);
        averages.Fold(0, 0, PeriodNsec);
        Assert.InRange(Hundredths(averages.Avg10), (top * 8189 / 10_000) - 5, (top * 8189 / 10_000) + 5);
    }

    [Fact]
    public void The_sample_is_an_integer_percent()
    {
        var averages = default(PsiAverages);
        averages.Fold(0, PeriodNsec * 99 / 10_000, PeriodNsec);
        Assert.Equal(0, averages.Avg10);
        averages.Fold(0, PeriodNsec / 100, PeriodNsec);
        Assert.Equal((2048 * (2048 - 1677) + 2047) / 2048, averages.Avg10);
    }

    [Fact]
    public void Missed_periods_decay_like_periods_without_stall()
    {
        var missed = default(PsiAverages);
        var stepped = default(PsiAverages);
        for (var period = 0; period < 20; period++)
        {
            missed.Fold(0, PeriodNsec, PeriodNsec);
            stepped.Fold(0, PeriodNsec, PeriodNsec);
        }

        missed.Fold(4, 0, PeriodNsec);
        for (var period = 0; period < 5; period++) stepped.Fold(0, 0, PeriodNsec);
        Assert.InRange(Hundredths(missed.Avg10) - Hundredths(stepped.Avg10), -20, 20);
        Assert.InRange(Hundredths(missed.Avg300) - Hundredths(stepped.Avg300), -20, 20);
    }

    private static long Hundredths(long average) =>
        (PsiAverages.Whole(average) * 100) + PsiAverages.Hundredths(average);
}
