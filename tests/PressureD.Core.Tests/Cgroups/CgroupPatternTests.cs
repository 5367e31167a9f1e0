using System;
using System.Text;
using PressureD.Core.Cgroups;

namespace PressureD.Core.Tests.Cgroups;

public sealed class CgroupPatternTests
{
    [Theory]
    [InlineData("**", "", true)]
    [InlineData("**", "a/b/c", true)]
    [InlineData("/", "", true)]
    [InlineData("/", "a", false)]
    [InlineData("*", "", false)]
    [InlineData("*", "a", true)]
    [InlineData("*", "a/b", false)]
    [InlineData("a/**", "a", false)]
    [InlineData("a/**", "a/b", true)]
    [InlineData("a/**", "a/b/c", true)]
    [InlineData("/a/*", "a/b", true)]
    [InlineData("a/*", "a/b/c", false)]
    [InlineData("**/x", "x", true)]
    [InlineData("**/x", "a/b/x", true)]
    [InlineData("**/x", "a/b/y", false)]
    [InlineData("a/**/x/**", "a/b/x", false)]
    [InlineData("a/**/x/**", "a/x/c", true)]
    [InlineData("user-*.slice", "user-1000.slice", true)]
    [InlineData("user-*.slice", "user-.slice", true)]
    [InlineData("{a,b}.service", "b.service", true)]
    [InlineData("{a,b}.service", "c.service", false)]
    [InlineData("a{b,c{d,e}}f", "acef", true)]
    [InlineData("*a*b*", "xxaxxbxx", true)]
    [InlineData("*a*b*", "xxbxxaxx", false)]
    [InlineData("?", "a", true)]
    [InlineData("?", "", false)]
    public void IsMatch_FollowsTheGrammar(string pattern, string path, bool matches) =>
        Assert.Equal(matches, new CgroupPattern(pattern).IsMatch(Encoding.UTF8.GetBytes(path)));

    [Fact]
    public void BelowMatch_IsRelative()
    {
        var pattern = new CgroupPattern("./**");

        Assert.True(pattern.BelowMatch);
        Assert.True(pattern.IsMatch("a/b"u8));
    }

    [Theory]
    [InlineData("a//b", "has an empty part between slashes or at its end, expected names such as a/b")]
    [InlineData("a/", "has an empty part between slashes or at its end, expected names such as a/b")]
    [InlineData("a/../b", "has the part '..', which no cgroup is called, expected the path from the root")]
    [InlineData("a**", "has '**' within 'a**', expected '**' alone between slashes, or one '*'")]
    [InlineData("a{b", "has braces that do not match, expected alternatives such as {a,b}")]
    [InlineData("a}b", "has braces that do not match, expected alternatives such as {a,b}")]
    [InlineData("[ab]", "has '[' or ']', expected alternatives such as {a,b}")]
    [InlineData("**/a/**/b/**/c/**", "has '**' 4 times, expected it at most 3 times; '*' is one name")]
    [InlineData("{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}", "has more than 64 alternatives, expected at most that; '*' is any name")]
    [InlineData("a/{,b}/c", "has an empty part between slashes or at its end, expected names such as a/b")]
    public void Impossible_SaysWhy(string pattern, string why) =>
        Assert.Equal(why, Assert.Throws<FormatException>(() => new CgroupPattern(pattern)).Message);

    [Fact]
    public void TooLong_IsRefused() =>
        Assert.Throws<FormatException>(() => new CgroupPattern(new string('a', CgroupPattern.MaxLength + 1)));
}
