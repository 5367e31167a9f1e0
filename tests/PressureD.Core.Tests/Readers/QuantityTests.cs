using PressureD.Core.Readers;

namespace PressureD.Core.Tests.Readers;

public sealed class QuantityTests
{
    [Theory]
    [InlineData(7, 3, 2, 10)]
    [InlineData(-7, 3, 2, -10)]
    [InlineData(0, long.MaxValue, 5, 0)]
    [InlineData(long.MaxValue, 1_000_000, 1_000_000, long.MaxValue)]
    [InlineData(long.MinValue + 1, 1_000_000, 1_000_000, long.MinValue + 1)]
    [InlineData(9_223_372_036_854, 1_000_000, 3, 3_074_457_345_618_000_000)]
    [InlineData(9_223_372_036_855, 1_000_000, 3, 3_074_457_345_618_333_333)]
    public void Scaling_loses_nothing_in_between(long value, long by, long over, long expected) =>
        Assert.Equal(expected, Quantity.Scale(value, by, over));
}
