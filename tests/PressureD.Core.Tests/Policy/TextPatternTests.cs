using System;
using System.Text.RegularExpressions;
using PressureD.Core.Policy;

namespace PressureD.Core.Tests.Policy;

public sealed class TextPatternTests
{
    /// <summary>As on a machine that thrashes, where time passes while nothing runs.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_match_that_was_cut_short_is_tried_again(int times)
    {
        var regex = new CutShortRegex(times);
        Assert.True(new TextPattern("x", regex).IsMatch("any"));
        Assert.Equal(times + 1, regex.Runs);
    }

    [Fact]
    public void One_that_is_slow_each_time_is_not_tried_again_and_again()
    {
        var regex = new CutShortRegex(int.MaxValue);
        var pattern = new TextPattern("x", regex);
        Assert.Throws<RegexMatchTimeoutException>(() => pattern.IsMatch("any"));
        Assert.Equal(3, regex.Runs);
        Assert.Throws<RegexMatchTimeoutException>(() => pattern.IsMatch("any"));
        Assert.Equal(4, regex.Runs);
    }

    [Fact]
    public void One_that_takes_for_ever_ends()
    {
        var pattern = new TextPattern("^(a+)+$");
        Assert.Throws<RegexMatchTimeoutException>(() => pattern.IsMatch(new string('a', 60) + "!"));
    }
}
