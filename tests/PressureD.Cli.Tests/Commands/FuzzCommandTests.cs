using System;
using System.Text.Json;

namespace PressureD.Cli.Tests.Commands;

public sealed class FuzzCommandTests
{
    [Fact]
    public void The_seed_comes_first_and_the_same_seed_gives_the_same_verdict()
    {
        CommandRun run = CommandRun.Of("fuzz", "--seed", "1", "--seeds", "60", "--hours", "1");
        Assert.StartsWith("seeds 1 to 60, 60 simulated seconds each\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("60 passed, 0 failed; 1.0 h of simulated time", run.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, run.ExitCode);
    }

    [Fact]
    public void The_seed_comes_first_for_programs_too()
    {
        CommandRun run = CommandRun.Of("fuzz", "--json", "--seed", "7", "--seeds", "1", "--hours", "1");
        using JsonDocument first = JsonDocument.Parse(run.Output.Split('\n')[0]);
        Assert.Equal("begin", first.RootElement.GetProperty("type").GetString());
        Assert.Equal(7, first.RootElement.GetProperty("first_seed").GetInt32());
        Assert.Equal(3_600_000_000, first.RootElement.GetProperty("each_usec").GetInt64());
    }

    [Theory]
    [InlineData("0.1")]
    [InlineData("0")]
    [InlineData("many")]
    public void What_is_not_a_whole_number_is_bad_usage(string hours)
    {
        CommandRun run = CommandRun.Of("fuzz", "--hours", hours);
        Assert.Contains($"--hours: '{hours}' is not a whole number from 1", run.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, run.ExitCode);
    }
}
