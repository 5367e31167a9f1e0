using System;
using PressureD.Cli.Incidents;

namespace PressureD.Cli.Tests.Incidents;

/// <summary>Moments in the past, as people write them.</summary>
public sealed class SinceTextTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 28, 7, 30, 0, TimeSpan.FromHours(1));

    [Theory]
    [InlineData("90s", "2026-11-28T07:28:30+01:00")]
    [InlineData("2h", "2026-11-28T05:30:00+01:00")]
    [InlineData("2d", "2026-11-26T07:30:00+01:00")]
    [InlineData("1w", "2026-11-21T07:30:00+01:00")]
    [InlineData("today", "2026-11-28T00:00:00+01:00")]
    [InlineData("yesterday", "2026-11-27T00:00:00+01:00")]
    [InlineData("2026-11-01T07:14:00Z", "2026-11-01T07:14:00Z")]
    public void It_is_the_moment_that_is_meant(string text, string time) =>
        Assert.Equal(DateTimeOffset.Parse(time, null), SinceText.Read(text, Now));

    [Theory]
    [InlineData("2026-11-01")]
    [InlineData("2026-11-01 07:14")]
    public void A_date_is_meant_as_the_clock_on_the_wall_shows_it(string text) =>
        Assert.Equal(new DateTimeOffset(DateTime.Parse(text, null)), SinceText.Read(text, Now));

    [Theory]
    [InlineData("")]
    [InlineData("d")]
    [InlineData("-1d")]
    [InlineData("1.5d")]
    [InlineData("99999999d")]
    [InlineData("2x")]
    [InlineData("tomorrow")]
    [InlineData("2999-01-01")]
    [InlineData("9999999999h")]
    public void What_is_none_or_lies_ahead_is_refused(string text) => Assert.Null(SinceText.Read(text, Now));
}
