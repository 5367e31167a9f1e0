using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using PressureD.Core.Commands;
using PressureD.Core.Incidents;
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
                command.Reply.Count(4711).Text([(byte)'f', 0xFF]).Text("a.slice"u8).Unsigned(4096L)
                    .OpenArray("(ssst)"u8).OpenStruct("ssst"u8)
                    .Text("kind"u8).Text([(byte)'/', 0xFF]).Text("é").Unsigned(5L);
                command.Reply.CloseStruct();
                command.Reply.CloseArray();
            }
        };
        Assert.Equal((0, "t 77\n"), Call(bus, "Pause", "ts", "5000000", "for a backup"));
        Assert.Equal((0, ""), Call(bus, "SetDryRun", "sb", "some-rule", "true"));
        Assert.Equal(
            (0, "ussta(ssst) 4711 \"f\\\\xff\" \"a.slice\" 4096 1 \"kind\" \"/\\\\xff\" \"\\303\\251\" 5\n"),
            Call(bus, "WhyNot", "s", "some-rule"));
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
        service.Loop.Answer = static command => Replies.WhyNot(command, null);
        service.Loop.Hangs = true;
        Assert.Contains(
            "Error org.pressured1.Error.NoAnswer", Send(bus, "WhyNot", "string:a"), StringComparison.Ordinal);
        service.Loop.Hangs = false;
        Eventually.True(() => service.Loop.Answered == 1, "the loop goes on");
        service.Loop.Answer = static command => Replies.Rules(command);
        Assert.Equal((0, "a(sssbbuutt)b 0 true\n"), Call(bus, "ListRules"));
    }

    [RootFact]
    public void Others_than_root_are_let_by_polkit_alone()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using FakePolkit polkit = new(bus.Address);
        using RunningService service = new RunningService(bus.Address, asksPolkit: true).WaitOnBus();
        Assert.Contains(
            "Error org.pressured1.Error.NotAuthorized: polkit does not let you", SendAsNobody(bus, "Resume"),
            StringComparison.Ordinal);
        polkit.Says = "error";
        Assert.Contains(
            "Error org.pressured1.Error.NotAuthorized: only root may do this: polkit gave no answer: Only trusted callers",
            SendAsNobody(bus, "Resume"), StringComparison.Ordinal);
        polkit.Says = "password";
        Assert.Contains(
            "Error org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", SendAsNobody(bus, "Resume"),
            StringComparison.Ordinal);
        Assert.Equal(0, service.Loop.Answered);
        polkit.Says = "yes";
        Assert.Contains("method return", SendAsNobody(bus, "Resume"), StringComparison.Ordinal);
        Assert.Equal(1, service.Loop.Answered);
        Assert.Equal(
            Enumerable.Repeat("system-bus-name name=unique org.pressured1.control 0", 4), polkit.Asked);

        // Of what control is asked for, all is.
        polkit.Says = "no";
        foreach (string[] change in (string[][])
            [["Pause", "uint64:5", "string:x"], ["SetDryRun", "string:", "boolean:true"], ["Reload"],
                ["Record", "string:x"]])
        {
            Assert.Contains(
                "Error org.pressured1.Error.NotAuthorized", SendAsNobody(bus, change[0], change[1..]),
                StringComparison.Ordinal);
        }

        Assert.Equal(1, service.Loop.Answered);

        // Root is not asked about, and neither is reading.
        polkit.Says = "no";
        Assert.Contains("method return", Send(bus, "Resume"), StringComparison.Ordinal);
        service.Loop.Answer = static command => Replies.WhyNot(command, null);
        Assert.Contains("method return", SendAsNobody(bus, "WhyNot", "string:a"), StringComparison.Ordinal);
        Assert.Equal(8, polkit.Asked.Count);
    }

    [RootFact]
    public void Without_polkit_only_root_is_let()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address, asksPolkit: true).WaitOnBus();
        Assert.Contains(
            "Error org.pressured1.Error.NotAuthorized: only root", SendAsNobody(bus, "Resume"),
            StringComparison.Ordinal);
        Assert.Contains("method return", Send(bus, "Resume"), StringComparison.Ordinal);
        Assert.Equal(1, service.Loop.Answered);
    }

    [RootFact]
    public void On_another_bus_than_the_systems_nobody_else_is_let()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        Assert.Contains(
            "Error org.pressured1.Error.NotAuthorized: on this bus", SendAsNobody(bus, "Resume"),
            StringComparison.Ordinal);
        Assert.Contains("method return", Send(bus, "Resume"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_kill_reaches_the_loop_as_what_it_is_for()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        List<string> asked = [];
        service.Loop.Answer = command =>
        {
            asked.Add($"{command.Kind} '{command.Name}' {command.Number} {command.Flag}");
            command.Reply.Boolean(!command.Flag).Count(7).Text("hog\n"u8).Text([(byte)'a', 0xFF]).Unsigned(4096L)
                .Unsigned(3L).Text("TERM to 7"u8);
        };
        Assert.Equal(
            (0, "busstts true 7 \"hog\\n\" \"a\\\\xff\" 4096 3 \"TERM to 7\"\n"),
            Call(bus, "Kill", "ssub", "low", "", "0", "false"));
        Assert.Equal(0, Call(bus, "Kill", "ssub", "", "/app.slice/b", "0", "true").ExitCode);
        Assert.Equal(0, Call(bus, "Kill", "ssub", "", "", "4711", "false").ExitCode);
        Assert.Equal(
            ["KillByRule 'low' 0 False", "KillCgroup '/app.slice/b' 0 True", "KillProcess '' 4711 False"], asked);
    }

    [Theory]
    [InlineData("", "", "0")]
    [InlineData("low", "/a", "0")]
    [InlineData("low", "", "7")]
    [InlineData("", "/a", "7")]
    public void A_kill_is_for_one_thing(string rule, string cgroup, string pid)
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        Assert.Contains(
            "Error org.pressured1.Error.InvalidArgument: it takes one of",
            Send(bus, "Kill", $"string:{rule}", $"string:{cgroup}", $"uint32:{pid}", "boolean:false"),
            StringComparison.Ordinal);
        Assert.Equal(0, service.Loop.Answered);
    }

    [Theory]
    [InlineData(CommandOutcome.NoSuchVictim, "org.pressured1.Error.NoSuchVictim")]
    [InlineData(CommandOutcome.Protected, "org.pressured1.Error.Protected")]
    public void Why_a_kill_is_none_has_a_name(CommandOutcome outcome, string name)
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        service.Loop.Answer = command => command.Fail(outcome, "because"u8);
        Assert.Contains(
            $"Error {name}: because",
            Send(bus, "Kill", "string:", "string:", "uint32:7", "boolean:false"), StringComparison.Ordinal);
    }

    [RootFact]
    public void A_kill_asks_polkit_for_its_own_action()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using FakePolkit polkit = new(bus.Address);
        using RunningService service = new RunningService(bus.Address, asksPolkit: true).WaitOnBus();
        string[] kill = ["string:low", "string:", "uint32:0", "boolean:false"];
        Assert.Contains(
            "Error org.pressured1.Error.NotAuthorized", SendAsNobody(bus, "Kill", kill), StringComparison.Ordinal);
        Assert.Equal(0, service.Loop.Answered);
        polkit.Says = "yes";
        service.Loop.Answer = static command => command.Reply.Boolean(true).Count(7).Text("hog"u8).Text("a"u8)
            .Unsigned(4096L).Unsigned(3L).Text("TERM to 7"u8);
        Assert.Contains("method return", SendAsNobody(bus, "Kill", kill), StringComparison.Ordinal);
        Assert.Equal(Enumerable.Repeat("system-bus-name name=unique org.pressured1.kill 0", 2), polkit.Asked);
    }

    [Fact]
    public void Incidents_are_listed_and_given_to_everybody()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        List<string> asked = [];
        service.Incidents.Answer = query =>
        {
            asked.Add($"{query.IsList} {query.Id} {query.SinceUsec} {query.Limit}");
            if (query.IsList)
            {
                query.Reply.OpenArray("(ttsss)"u8).OpenStruct("ttsss"u8)
                    .Unsigned(3L).Unsigned(5L).Text("low").Text("killed").Text("died: é");
                query.Reply.CloseStruct();
                query.Reply.CloseArray().Boolean(true);
                return;
            }

            "{\"id\":3}"u8.CopyTo(query.Content);
            query.Length = 8;
        };
        Assert.Equal(
            (0, "a(ttsss)b 1 3 5 \"low\" \"killed\" \"died: \\303\\251\" true\n"),
            Call(bus, "ListIncidents", "ttu", "9", "7", "20"));
        Assert.Equal((0, "s \"{\\\"id\\\":3}\"\n"), Call(bus, "GetIncident", "t", "3"));
        Assert.Equal(["True 9 7 20", "False 3 0 0"], asked);
        using BusClient client = new(bus.Address);
        IncidentPage page = client.ListIncidents(0, 0, 0);
        Assert.True(page.IsComplete);
        Assert.Equal(new IncidentLine(3, 5, "low", "killed", "died: é"), Assert.Single(page.Incidents));
        Assert.Equal("{\"id\":3}", client.GetIncident(3));
    }

    [Theory]
    [InlineData(IncidentQueryOutcome.NoSuchIncident, "org.pressured1.Error.NoSuchIncident")]
    [InlineData(IncidentQueryOutcome.Unreadable, "org.pressured1.Error.Failed")]
    public void An_incident_that_cannot_be_had_is_an_error_with_a_name(IncidentQueryOutcome outcome, string name)
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        service.Incidents.Answer = query => query.Outcome = outcome;
        Assert.Contains($"Error {name}: ", Send(bus, "GetIncident", "uint64:7"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GetIncident", "uint64:7")]
    [InlineData("Record", "string:why")]
    public void Where_no_incidents_are_kept_that_is_said(string method, string argument)
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address, keepsIncidents: false).WaitOnBus();
        Assert.Contains(
            "Error org.pressured1.Error.NotPossible: no incidents are kept here",
            Send(bus, method, argument), StringComparison.Ordinal);
        Assert.Equal(0, service.Loop.Answered);
    }

    [Fact]
    public void What_is_to_be_recorded_reaches_the_loop_and_its_number_the_caller()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        string asked = "";
        service.Loop.Answer = command =>
        {
            asked = $"{command.Kind} '{command.Text}'";
            command.Reply.Unsigned(42L);
        };
        Assert.Equal((0, "t 42\n"), Call(bus, "Record", "s", "it stuttered"));
        Assert.Equal("Record 'it stuttered'", asked);
        using BusClient client = new(bus.Address);
        Assert.Equal(42ul, client.Record("again"));
        Assert.Equal(42ul, client.Record("für\n\u001b[2J"));
        Assert.Equal(@"Record 'für\x0a\x1b[2J'", asked);
        Assert.Contains(
            "Error org.pressured1.Error.InvalidArgument: an argument is too long",
            Send(bus, "Record", $"string:{new string('x', 257)}"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_disk_that_hangs_holds_up_those_who_ask_for_incidents_and_nobody_else()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address, answerUsec: 2_000_000).WaitOnBus();
        service.Loop.Answer = static command => Replies.WhyNot(command, null);
        service.Incidents.Hangs = true;
        using ChildProcess first = new("dbus-send", Arguments(bus, "GetIncident", ["uint64:1"]));
        using ChildProcess second = new("dbus-send", Arguments(bus, "GetIncident", ["uint64:2"]));
        Assert.Equal((0, "ussta(ssst) 0 \"\" \"\" 0 0\n"), Call(bus, "WhyNot", "s", "a"));
        Eventually.True(
            () => first.Output.Contains("Error.NoAnswer", StringComparison.Ordinal)
                && second.Output.Contains("Error.NoAnswer", StringComparison.Ordinal),
            "both are told that nobody answers");

        // The answer that comes late meets nobody, and the next question gets its own.
        service.Incidents.Answer = query =>
        {
            query.Content[0] = (byte)('0' + query.Id);
            query.Length = 1;
        };
        service.Incidents.Hangs = false;
        Assert.Equal((0, "s \"3\"\n"), Call(bus, "GetIncident", "t", "3"));
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
