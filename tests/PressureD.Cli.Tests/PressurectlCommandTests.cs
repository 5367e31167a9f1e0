using System;

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

    [Fact]
    public void A_bus_that_is_none_is_explained() => Assert.Contains(
        "'nonsense' is no bus: expected system, session",
        CommandRun.Of("status", "--bus", "nonsense").Error,
        StringComparison.Ordinal);
}
