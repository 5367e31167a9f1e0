using System;
using PressureD.Cli.Completion;

namespace PressureD.Cli.Tests;

public sealed class PressurectlCommandTests
{
    [Fact]
    public void The_version_is_one_line()
    {
        CommandRun run = CommandRun.Of("--version");
        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Matches(@"^pressurectl \d+\.\d+\.\d+\n$", run.Output);
    }

    [Fact]
    public void Help_documents_the_exit_status()
    {
        CommandRun run = CommandRun.Of("--help");
        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Contains("status", run.Output, StringComparison.Ordinal);
        Assert.Contains("Exit status: 0", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stauts")]
    [InlineData("status", "--jsn")]
    [InlineData("status", "--bus", "nonsense")]
    [InlineData("status", "--bus", "none")]
    [InlineData("status", "--bus")]
    [InlineData("status", "-H", "")]
    [InlineData("status", "--host=-oProxyCommand=true")]
    [InlineData("top", "--sort", "colour")]
    [InlineData("top", "--interval", "1ms")]
    [InlineData("--nonsense")]
    public void A_wrong_command_line_is_said_to_be_wrong_and_does_nothing(params string[] arguments)
    {
        CommandRun run = CommandRun.Of(arguments);
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.StartsWith("pressurectl: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("--help", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("schema")]
    [InlineData("--version")]
    [InlineData("--help")]
    [InlineData("demo")]
    [InlineData("fuzz", "--seeds", "1", "--each", "1min")]
    public void Output_that_cannot_be_written_is_said_and_no_success(params string[] arguments)
    {
        using FullOutput output = new();
        Assert.Equal(
            (ExitCode.Error, "pressurectl: cannot write: No space left on device\n"),
            CommandRun.Into(output, arguments));
    }

    [Theory]
    [InlineData("FILES needs a value", "check", "")]
    [InlineData("FILES needs a value", "explain", "r", "")]
    [InlineData("scenario needs a value", "simulate", "")]
    [InlineData("path needs a value", "test", "")]
    [InlineData("FILE needs a value", "replay", "")]
    [InlineData("--policy needs a value", "replay", "a.rec", "--policy", "")]
    [InlineData("--html needs a value", "simulate", "a.yaml", "--html", "")]
    [InlineData("--junit needs a value", "test", "a.yaml", "--junit", "")]
    [InlineData("--out needs a value", "record", "--out", "")]
    [InlineData("--directory needs a value", "incidents", "list", "--directory", "")]
    public void An_empty_path_is_bad_usage(string said, params string[] arguments)
    {
        CommandRun run = CommandRun.Of(arguments);
        Assert.Equal((ExitCode.Usage, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"pressurectl: {said}\nSee: ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ID: 'abc' is not a whole number from 1", "why", "abc")]
    [InlineData("ID: '-1' is not a whole number from 1", "why", "-1")]
    [InlineData("ID: '1e3' is not a whole number from 1", "incidents", "show", "1e3")]
    [InlineData("ID: '99999999999999999999' is not a whole number from 1", "why", "99999999999999999999")]
    [InlineData("--pid: '4194305' is not a whole number from 1 to 4194304", "kill", "--pid", "4194305")]
    [InlineData("--seed: 'x' is not a whole number from 1 to 1000000000000000000", "fuzz", "--seed", "x")]
    [InlineData("--seed: '0' is not a whole number from 1 to 1000000000000000000", "simulate", "a.yaml", "--seed", "0")]
    [InlineData("--speed: '5000000000' is not a whole number from 1 to 2147483647", "simulate", "a.yaml", "--speed", "5000000000")]
    public void A_number_that_is_none_is_told_from_one_that_is(string error, params string[] arguments)
    {
        CommandRun run = CommandRun.Of(arguments);
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.StartsWith($"pressurectl: {error}\nSee: ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("there is no command 'stauts'; did you mean 'status'?", "stauts")]
    [InlineData("there is no command 'lst'; did you mean 'list'?", "incidents", "lst")]
    [InlineData("there is no option '--nonsense'", "--nonsense")]
    [InlineData("a command is missing: status, top, ")]
    [InlineData("a command is missing: list, show, export, record", "incidents")]
    public void Which_commands_there_are_is_said_once_and_alone(string error, params string[] arguments)
    {
        string[] lines = CommandRun.Of(arguments).Error.TrimEnd('\n').Split('\n');
        Assert.StartsWith($"pressurectl: {error}", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("See: pressurectl", Assert.Single(lines[1..]), StringComparison.Ordinal);
    }

    [Fact]
    public void Help_tells_what_a_person_would_type()
    {
        foreach (CompletedCommand command in CompletedCommand.Of(PressurectlCommand.Create()).All())
        {
            string[] words = command.Path.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            CommandRun run = CommandRun.Of([.. words, "--help"]);
            Assert.Equal((ExitCode.Success, ""), (run.ExitCode, run.Error));
            Assert.DoesNotMatch(@"\[default: [^\]]*([A-Z{]|\d/)", run.Output);
        }
    }

    [Fact]
    public void A_bus_that_is_none_is_explained() => Assert.Contains(
        "'nonsense' is no bus: expected system, session",
        CommandRun.Of("status", "--bus", "nonsense").Error,
        StringComparison.Ordinal);
}
