using System;
using System.Text.Json;
using PressureD.Core.Commands;
using PressureD.Systemd.Tests;
using PressureD.Systemd.Tests.Bus;

namespace PressureD.Cli.Tests.Commands;

public sealed class KillCommandTests
{
    [Theory]
    [InlineData("KillByRule 'low' 0 False", "low")]
    [InlineData("KillCgroup '/app.slice/b' 0 True", "--cgroup", "/app.slice/b", "--dry-run")]
    [InlineData("KillCgroup '/app.slice/b' 0 False", "--cgroup", "/sys/fs/cgroup/app.slice/b")]
    [InlineData("KillProcess '' 4711 False", "--pid", "4711")]
    public void It_asks_for_what_it_was_told_and_says_what_was_done(string expected, params string[] arguments)
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        string asked = "";
        service.Loop.Answer = command =>
        {
            asked = $"{command.Kind} '{command.Name}' {command.Number} {command.Flag}";
            command.Reply.Boolean(!command.Flag).Count(7).Text("hog"u8).Text("app.slice/b"u8).Unsigned(4096L)
                .Unsigned(command.Flag ? 0L : 3L).Text("TERM to 7 (hog)"u8);
        };
        CommandRun run = CommandRun.Of(["kill", .. arguments, "--bus", bus.Address.ToString()]);
        Assert.Equal("", run.Error);
        Assert.Equal(expected, asked);
        string more = expected.EndsWith("True", StringComparison.Ordinal)
            ? ""
            : "incident 3; once it is over: pressurectl why 3\n";
        Assert.Equal("TERM to 7 (hog)\n" + more, run.Output);
        Assert.Equal(ExitCode.Success, run.ExitCode);

        run = CommandRun.Of(["kill", .. arguments, "--json", "--bus", bus.Address.ToString()]);
        using JsonDocument json = JsonDocument.Parse(run.Output);
        Assert.Equal(1, json.RootElement.GetProperty("format").GetInt32());
        Assert.Equal(7, json.RootElement.GetProperty("pid").GetInt32());
        Assert.Equal(more.Length > 0, json.RootElement.GetProperty("signalled").GetBoolean());
    }

    [Theory]
    [InlineData("one of RULE, --cgroup PATH and --pid N")]
    [InlineData("one of RULE, --cgroup PATH and --pid N", "low", "--pid", "7")]
    [InlineData("one of RULE, --cgroup PATH and --pid N", "--cgroup", "/a", "--pid", "7")]
    [InlineData("an empty name names nobody", "")]
    [InlineData("an empty name names nobody", "--cgroup", "")]
    [InlineData("'0' is not a whole number from 1", "--pid", "0")]
    [InlineData("'-1' is not a whole number from 1", "--pid", "-1")]
    [InlineData("'x' is not a whole number from 1", "--pid", "x")]
    [InlineData("'99999999999' is not a whole number from 1", "--pid", "99999999999")]
    public void What_names_nobody_or_several_is_bad_usage(string problem, params string[] arguments)
    {
        CommandRun run = CommandRun.Of(["kill", .. arguments, "--bus", "unix:path=/nowhere"]);
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refusal_is_said_and_is_an_error()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        service.Loop.Answer = static command =>
            command.Fail(CommandOutcome.Protected, "it is never ended: pid 1"u8);
        CommandRun run = CommandRun.Of("kill", "--pid", "1", "--bus", bus.Address.ToString());
        Assert.Equal(ExitCode.Error, run.ExitCode);
        Assert.Equal("pressurectl: it is never ended: pid 1\n", run.Error);
        Assert.Equal("", run.Output);
    }
}
