using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using PressureD.Core.Commands;
using PressureD.Systemd.Bus;

namespace PressureD.Systemd.Tests.Bus;

/// <summary>Methods over a real bus, with the test in the place of the loop.</summary>
public sealed class MethodCallTests
{
    private static string Snapshot => Path.Combine(
        Path.GetDirectoryName(ThisFile())!, "org.pressured1.Manager.xml");

    [Fact]
    public void The_interface_is_the_one_that_is_kept_beside_this_test()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        (int exitCode, string output) = bus.Busctl("introspect", "--xml-interface", "org.pressured1", "/org/pressured1");
        Assert.Equal(0, exitCode);
        int begin = output.IndexOf($" <interface name=\"{ManagerInterface.Name}\">", StringComparison.Ordinal);
        string own = output[begin..output.IndexOf("</node>", StringComparison.Ordinal)];
        string kept = File.Exists(Snapshot) ? File.ReadAllText(Snapshot) : "";
        Assert.True(own == kept, $"if this is meant, it goes into {Snapshot} and docs/dbus-interface.md:\n{own}");
    }

    [Fact]
    public void Arguments_reach_the_loop_and_its_values_the_caller()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        List<string> asked = [];
        service.Loop.Answer = command =>
        {
            asked.Add($"{command.Kind} {command.Uid} {command.Name} {command.Text} {command.Number} {command.Flag}");
            if (command.Kind == CommandKind.Pause)
            {
                command.Reply.Unsigned(77L);
            }
            else if (command.Kind == CommandKind.WhyNot)
            {
                command.Reply.OpenArray("(ssst)"u8).OpenStruct("ssst"u8)
                    .Text("kind"u8).Text([(byte)'/', 0xFF]).Text("é").Unsigned(5L);
                command.Reply.CloseStruct();
                command.Reply.CloseArray();
            }
        };
        Assert.Equal((0, "t 77\n"), Call(bus, "Pause", "ts", "5000000", "for a backup"));
        Assert.Equal((0, ""), Call(bus, "SetDryRun", "sb", "some-rule", "true"));
        Assert.Equal(
            (0, "a(ssst) 1 \"kind\" \"/\\\\xff\" \"\\303\\251\" 5\n"), Call(bus, "WhyNot", "s", "some-rule"));
        Assert.Equal(
            ["Pause 0  for a backup 5000000 False", "SetDryRun 0 some-rule  0 True", "WhyNot 0 some-rule  0 False"],
            asked.Select(line => line.Replace($" {Environment.UserName} ", " 0 ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(CommandOutcome.NoSuchRule, "org.pressured1.Error.NoSuchRule")]
    [InlineData(CommandOutcome.InvalidArgument, "org.pressured1.Error.InvalidArgument")]
    [InlineData(CommandOutcome.NotPossible, "org.pressured1.Error.NotPossible")]
    public void What_goes_wrong_has_a_name_and_a_sentence(CommandOutcome outcome, string name)
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        service.Loop.Answer = command => command.Fail(outcome, "because"u8);
        Assert.Contains($"Error {name}: because", Send(bus, "Resume"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_loop_that_does_not_answer_is_said_not_to_and_its_late_answer_meets_nobody_else()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address, answerUsec: 50_000).WaitOnBus();
        service.Loop.Answer = command => command.Reply.OpenArray("(ssst)"u8).CloseArray();
        service.Loop.Hangs = true;
        Assert.Contains(
            "Error org.pressured1.Error.NoAnswer", Send(bus, "WhyNot", "string:a"), StringComparison.Ordinal);
        service.Loop.Hangs = false;
        Eventually.True(() => service.Loop.Answered == 1, "the loop goes on");
        service.Loop.Answer = command => command.Reply.OpenArray("(sssbbuutt)"u8).CloseArray().Boolean(true);
        Assert.Equal((0, "a(sssbbuutt)b 0 true\n"), Call(bus, "ListRules"));
    }

    [Fact]
    public void Others_than_root_are_let_by_polkit_alone()
    {
        if (Environment.UserName != "root")
        {
            return;
        }

        using PrivateBus bus = new PrivateBus().Start();
        using FakePolkit polkit = new(bus.Address);
        using RunningService service = new RunningService(bus.Address, asksPolkit: true).WaitOnBus();
        Assert.Contains(
            "Error org.pressured1.Error.NotAuthorized: polkit does not let you", SendAsNobody(bus, "Resume"),
            StringComparison.Ordinal);
        polkit.Says = "password";
        Assert.Contains(
            "Error org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", SendAsNobody(bus, "Resume"),
            StringComparison.Ordinal);
        Assert.Equal(0, service.Loop.Answered);
        polkit.Says = "yes";
        Assert.Contains("method return", SendAsNobody(bus, "Resume"), StringComparison.Ordinal);
        Assert.Equal(1, service.Loop.Answered);
        Assert.Equal(
            Enumerable.Repeat("system-bus-name name=unique org.pressured1.control 0", 3), polkit.Asked);

        // Root is not asked about, and neither is reading.
        polkit.Says = "no";
        Assert.Contains("method return", Send(bus, "Resume"), StringComparison.Ordinal);
        service.Loop.Answer = command => command.Reply.OpenArray("(ssst)"u8).CloseArray();
        Assert.Contains("method return", SendAsNobody(bus, "WhyNot", "string:a"), StringComparison.Ordinal);
        Assert.Equal(3, polkit.Asked.Count);
    }

    [Fact]
    public void Without_polkit_only_root_is_let()
    {
        if (Environment.UserName != "root")
        {
            return;
        }

        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address, asksPolkit: true).WaitOnBus();
        Assert.Contains(
            "Error org.pressured1.Error.NotAuthorized: only root", SendAsNobody(bus, "Resume"),
            StringComparison.Ordinal);
        Assert.Contains("method return", Send(bus, "Resume"), StringComparison.Ordinal);
        Assert.Equal(1, service.Loop.Answered);
    }

    [Fact]
    public void On_another_bus_than_the_systems_nobody_else_is_let()
    {
        if (Environment.UserName != "root")
        {
            return;
        }

        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        Assert.Contains(
            "Error org.pressured1.Error.NotAuthorized: on this bus", SendAsNobody(bus, "Resume"),
            StringComparison.Ordinal);
        Assert.Contains("method return", Send(bus, "Resume"), StringComparison.Ordinal);
    }

    internal static (int ExitCode, string Output) Call(PrivateBus bus, string method, params string[] arguments) =>
        bus.Busctl(["call", "org.pressured1", "/org/pressured1", ManagerInterface.Name, method, .. arguments]);

    internal static string Send(PrivateBus bus, string method, params string[] arguments) =>
        ChildProcess.Run("dbus-send", Arguments(bus, method, arguments)).Output;

    internal static string SendAsNobody(PrivateBus bus, string method, params string[] arguments) =>
        ChildProcess.Run(
            "setpriv",
            ["--reuid=65534", "--regid=65534", "--clear-groups", "dbus-send", .. Arguments(bus, method, arguments)])
            .Output;

    internal static ChildProcess BeginAsNobody(PrivateBus bus, string method, params string[] arguments) =>
        new(
            "setpriv",
            ["--reuid=65534", "--regid=65534", "--clear-groups", "dbus-send", .. Arguments(bus, method, arguments)]);

    private static string[] Arguments(PrivateBus bus, string method, string[] arguments) =>
    [
        $"--bus={bus.Address}", "--print-reply", "--dest=org.pressured1", "/org/pressured1",
        $"{ManagerInterface.Name}.{method}", .. arguments,
    ];

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
