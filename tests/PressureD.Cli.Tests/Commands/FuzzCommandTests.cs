using System;
using System.Text.Json;
using PressureD.Cli.Commands;

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

    [Fact]
    public void Seeds_go_on_where_an_int_ends_and_the_command_to_run_them_again_is_told()
    {
        CommandRun run = CommandRun.Of("fuzz", "--seed", "2147483647", "--seeds", "2", "--each", "60500ms");
        Assert.StartsWith(
            "seeds 2147483647 to 2147483648, 60.5 simulated seconds each\n"
            + "again: pressurectl fuzz --seed 2147483647 --seeds 2 --each 60500ms\n",
            run.Output,
            StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, run.ExitCode);
    }

    [Fact]
    public void One_seed_of_many_is_run_again_at_its_own_length()
    {
        FuzzBatch alone = new FuzzBatch(7, 900, 1_200_000_000) with { First = 900, Count = 1 };
        Assert.Equal("pressurectl fuzz --seed 900 --seeds 1 --each 1200s", alone.Again);
        CommandRun run = CommandRun.Of("fuzz", "--json", "--seed", "3", "--seeds", "1", "--each", "20min");
        Assert.Contains("\"each_usec\":1200000000", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--hours: 100 h is more than 24 h for each of --seeds, which is 1", "--seeds", "1", "--hours", "100")]
    [InlineData("--each does not go with --hours", "--each", "2min", "--hours", "1")]
    [InlineData("--each: '1s' is out of range, expected 1min to 24h", "--each", "1s")]
    [InlineData("--seeds: 'x' is not a whole number from 1 to 2147483647", "--seeds", "x", "--hours", "100")]
    public void How_long_a_seed_runs_is_what_was_asked_for(string said, params string[] options)
    {
        CommandRun run = CommandRun.Of(["fuzz", .. options]);
        Assert.Equal((ExitCode.Usage, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"pressurectl: {said}", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_most_that_can_be_asked_for_begins()
    {
        using ClosingPipe output = new(0);
        Assert.Equal(
            (ExitCode.Error, ""),
            CommandRun.Into(output, "fuzz", "--seeds", "2147483647", "--hours", "2147483647"));
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
