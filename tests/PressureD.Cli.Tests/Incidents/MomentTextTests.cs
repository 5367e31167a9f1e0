using System;
using PressureD.Cli.Incidents;

namespace PressureD.Cli.Tests.Incidents;

/// <summary>Moments, as people write them.</summary>
public sealed class MomentTextTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 28, 7, 30, 0, TimeSpan.FromHours(1));

    [Theory]
    [InlineData("90s", "2026-11-28T07:28:30+01:00")]
    [InlineData("2h", "2026-11-28T05:30:00+01:00")]
    [InlineData("2d", "2026-11-26T07:30:00+01:00")]
    [InlineData("1w", "2026-11-21T07:30:00+01:00")]
    [InlineData("1.5d", "2026-11-26T19:30:00+01:00")]
    [InlineData("2 days ago", "2026-11-26T07:30:00+01:00")]
    [InlineData("1 day ago", "2026-11-27T07:30:00+01:00")]
    [InlineData("90min", "2026-11-28T06:00:00+01:00")]
    [InlineData("90 min ago", "2026-11-28T06:00:00+01:00")]
    [InlineData("90 minutes", "2026-11-28T06:00:00+01:00")]
    [InlineData("2 hours ago", "2026-11-28T05:30:00+01:00")]
    [InlineData("10 sec ago", "2026-11-28T07:29:50+01:00")]
    [InlineData("3 weeks ago", "2026-11-07T07:30:00+01:00")]
    [InlineData(" 2d ", "2026-11-26T07:30:00+01:00")]
    [InlineData("now", "2026-11-28T07:30:00+01:00")]
    [InlineData("6000d", "2010-06-25T07:30:00+01:00")]
    [InlineData("2026-11-01T07:14:00Z", "2026-11-01T07:14:00Z")]
    [InlineData("2026-11-01T07:14:00.25+02:00", "2026-11-01T05:14:00.25Z")]
    public void It_is_the_moment_that_is_meant(string text, string time) =>
        Assert.Equal(DateTimeOffset.Parse(time, null), MomentText.Read(text, Now));

    [Theory]
    [InlineData("2026-11-01", "2026-11-01T00:00:00")]
    [InlineData("2026-11-01 07:14", "2026-11-01T07:14:00")]
    [InlineData("2026-11-01 07:14:05", "2026-11-01T07:14:05")]
    [InlineData("today", "2026-11-28T00:00:00")]
    [InlineData("yesterday", "2026-11-27T00:00:00")]
    [InlineData("yesterday 14:00", "2026-11-27T14:00:00")]
    [InlineData("today 04:15", "2026-11-28T04:15:00")]
    [InlineData("2026-11-27 14:00", "2026-11-27T14:00:00")]
    [InlineData("23:00", "2026-11-28T23:00:00")]
    [InlineData("04:15", "2026-11-28T04:15:00")]
    public void A_date_is_meant_as_the_clock_on_the_wall_shows_it(string text, string time) =>
        Assert.Equal(new DateTimeOffset(DateTime.Parse(time, null)), MomentText.Read(text, Now));

    [Theory]
    [InlineData("")]
    [InlineData("d")]
    [InlineData("-1d")]
    [InlineData("99999999d")]
    [InlineData("9999999999w")]
    [InlineData("2hd")]
    [InlineData("2x")]
    [InlineData("30m")]
    [InlineData("1/2")]
    [InlineData("01/02/2026")]
    [InlineData("2026")]
    [InlineData("2026-11-31")]
    [InlineData("tomorrow")]
    [InlineData("ago")]
    [InlineData("days ago")]
    [InlineData("2 months ago")]
    [InlineData("2 days ago 14:00")]
    [InlineData("yesterday ago")]
    [InlineData("todays")]
    [InlineData("25:00")]
    [InlineData("9999999999h")]
    public void What_is_none_is_refused(string text) => Assert.Null(MomentText.Read(text, Now));
}
