using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using PressureD.Core.Commands;
using PressureD.Core.Incidents;
using PressureD.Systemd.Bus;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Tests.Bus;

/// <summary>Whoever means harm gets errors, and everybody else gets answers.</summary>
public sealed unsafe partial class HostileClientTests
{
    [Fact]
    public void Whoever_asks_too_much_at_once_is_told_to_wait_and_others_are_not()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        service.Loop.Answer = Nothing;
        service.Loop.Hangs = true;
        using BusConnection greedy = BusCall.Connect(bus.Address, 30_000_000);
        for (int i = 0; i < 20; i++)
        {
            SendWhyNot(greedy, "a");
        }

        Assert.Equal(16, TakeReplies(greedy, 16).FindAll(name => name == "org.pressured1.Error.Busy").Count);
        using BusConnection modest = BusCall.Connect(bus.Address, 30_000_000);
        SendWhyNot(modest, "a");
        service.Loop.Hangs = false;
        Assert.Equal([""], TakeReplies(modest, 1));
        Assert.Equal(["", "", "", ""], TakeReplies(greedy, 4));
    }

    [Fact]
    public void Calls_of_those_who_left_hold_their_places_only_until_the_loop_answers()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        service.Loop.Answer = Nothing;
        service.Loop.Hangs = true;
        bool full = false;
        for (int i = 0; i < 40 && !full; i++)
        {
            using BusConnection hasty = BusCall.Connect(bus.Address, 30_000_000);
            SendWhyNot(hasty, "a");

            // The answer to a property read shows that the call before it has arrived.
            full = TakeReplies(hasty, 1, andStatus: true).Contains("org.pressured1.Error.Busy");
        }

        Assert.True(full);
        service.Loop.Hangs = false;
        Eventually.True(() => service.Loop.Answered == 32, "the loop has answered all that were taken in");
        Assert.Equal((0, "ussta(ssst) 0 \"\" \"\" 0 0\n"), MethodCallTests.Call(bus, "WhyNot", "s", "a"));
    }

    [Fact]
    public void A_huge_argument_is_refused_and_never_reaches_the_loop()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        using BusConnection connection = BusCall.Connect(bus.Address, 30_000_000);
        SendWhyNot(connection, new string('x', 8 << 20));
        Assert.Equal(["org.pressured1.Error.InvalidArgument"], TakeReplies(connection, 1));
        Assert.Equal(0, service.Loop.Answered);
        service.Loop.Answer = Nothing;
        SendWhyNot(connection, new string('x', 4000));
        Assert.Equal([""], TakeReplies(connection, 1));
    }

    [Fact]
    public void A_huge_argument_of_a_kill_is_refused_and_the_longest_name_is_named_whole_or_cut()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        using BusConnection connection = BusCall.Connect(bus.Address, 30_000_000);
        string huge = new('x', 8 << 20);
        SendKill(connection, huge, "", 0);
        SendKill(connection, "", huge, 0);
        SendKill(connection, "", "", 0);
        SendKill(connection, huge, huge, uint.MaxValue);
        Assert.Equal(Enumerable.Repeat("org.pressured1.Error.InvalidArgument", 4), TakeReplies(connection, 4));
        Assert.Equal(0, service.Loop.Answered);

        // What is wrong is said with the name in it, which is longer than there is room for that.
        service.Loop.Answer = static command =>
        {
            command.Fail(CommandOutcome.NoSuchRule, "there is no rule "u8);
            command.Problem.AppendEscaped(command.Name.Span);
        };
        string longest = new('é', 2047);
        string answer = MethodCallTests.Send(
            bus, "Kill", $"string:{longest}", "string:", "uint32:0", "boolean:false");
        Assert.Matches("^Error org.pressured1.Error.NoSuchRule: there is no rule é+\\.\\.\\.\n$", answer);
        Assert.Equal(1, service.Loop.Answered);
    }

    [Fact]
    public void Numbers_at_their_ends_are_taken_as_they_are()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        List<string> asked = [];
        service.Incidents.Answer = query =>
        {
            asked.Add($"{query.Id} {query.SinceUsec} {query.Limit}");
            query.Outcome = IncidentQueryOutcome.NoSuchIncident;
        };
        string end = $"{ulong.MaxValue}";
        Assert.Equal(1, MethodCallTests.Call(bus, "ListIncidents", "ttu", end, end, $"{uint.MaxValue}").ExitCode);
        Assert.Equal(1, MethodCallTests.Call(bus, "GetIncident", "t", end).ExitCode);
        Assert.Equal(
            [$"{long.MaxValue} {long.MaxValue} {uint.MaxValue}", $"{long.MaxValue} 0 0"], asked);
    }

    [Fact]
    public void Half_a_message_holds_nobody_up()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        service.Loop.Answer = Nothing;
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(bus.Address.ToString()["unix:path=".Length..]));
        socket.Send(Encoding.ASCII.GetBytes("\0AUTH EXTERNAL\r\nDATA\r\n"));
        byte[] answer = new byte[256];
        StringBuilder said = new();
        while (!said.ToString().Contains("OK ", StringComparison.Ordinal))
        {
            said.Append(Encoding.ASCII.GetString(answer, 0, socket.Receive(answer)));
        }

        // A method call in little endian that announces 64 KiB more than ever comes.
        socket.Send(Encoding.ASCII.GetBytes("BEGIN\r\n"));
        socket.Send([(byte)'l', 1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 64, 0, 0, 0, 1, 1]);
        Assert.Equal((0, "ussta(ssst) 0 \"\" \"\" 0 0\n"), MethodCallTests.Call(bus, "WhyNot", "s", "a"));
    }

    [RootFact]
    public void Waiting_for_a_password_holds_nobody_else_up()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using FakePolkit polkit = new(bus.Address) { Says = "silence" };
        using RunningService service = new RunningService(bus.Address, asksPolkit: true).WaitOnBus();
        service.Loop.Answer = Nothing;
        List<ChildProcess> waiting = [];
        try
        {
            for (int i = 0; i < 10; i++)
            {
                waiting.Add(MethodCallTests.BeginAsNobody(bus, "Resume"));
            }

            Eventually.True(() => polkit.Asked.Count == 8, "as many wait for polkit as may");
            Eventually.True(
                () => waiting.FindAll(child => child.Output.Contains("Error.Busy", StringComparison.Ordinal)).Count == 2,
                "two more are told to wait");
            Assert.Equal((0, "ussta(ssst) 0 \"\" \"\" 0 0\n"), MethodCallTests.Call(bus, "WhyNot", "s", "a"));
            Assert.Equal((0, ""), MethodCallTests.Call(bus, "Resume"));
        }
        finally
        {
            waiting.ForEach(child => child.Dispose());
        }
    }

    [Fact]
    public void A_reader_of_samples_that_does_not_read_is_dropped()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        service.Publish();
        using BusClient client = new(bus.Address);
        using SafeHandle samples = client.OpenSamples(100);
        int descriptor = (int)samples.DangerousGetHandle();
        const int SetPipeSize = 1031;
        Assert.Equal(4096, Control(descriptor, SetPipeSize, 4096));
        Eventually.True(
            () =>
            {
                PollDescriptor poll = new() { Descriptor = descriptor };
                return Libc.Poll(&poll, 1, 10) > 0;
            },
            "the writer closes its end");
        Assert.Equal("1.2.3", client.ReadStatus().Version);
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command, int argument);

    private static void Nothing(Command command)
    {
        if (command.Kind == CommandKind.WhyNot)
        {
            Replies.WhyNot(command, null);
        }
    }

    private static void SendWhyNot(BusConnection connection, string rule)
    {
        BusMessage call = BusMessage.Call(
            connection, ManagerInterface.BusName, ManagerInterface.ObjectPath, ManagerInterface.Name, "WhyNot");
        call.Add(rule);
        Send(connection, call);
    }

    private static void SendKill(BusConnection connection, string rule, string cgroup, uint pid)
    {
        BusMessage call = BusMessage.Call(
            connection, ManagerInterface.BusName, ManagerInterface.ObjectPath, ManagerInterface.Name, "Kill");
        call.Add(rule);
        call.Add(cgroup);
        call.Add(pid);
        call.Add(false);
        Send(connection, call);
    }

    // Who does not keep the cookie gets no reply.
    private static void Send(BusConnection connection, BusMessage call)
    {
        ulong cookie;
        Assert.True(call.Result >= 0 && Libsystemd.BusSend(connection.Handle, call.Handle, &cookie) >= 0);
        call.Dispose();
    }

    /// <summary>The names of the errors that come in answer; empty for an answer that is none.</summary>
    private static List<string> TakeReplies(BusConnection connection, int count, bool andStatus = false)
    {
        List<string> names = [];
        if (andStatus)
        {
            BusMessage get = BusMessage.Call(
                connection, ManagerInterface.BusName, ManagerInterface.ObjectPath,
                "org.freedesktop.DBus.Properties", "GetAll");
            get.Add(ManagerInterface.Name);
            Send(connection, get);
        }

        while (names.Count < count)
        {
            nint message = 0;
            int result = Libsystemd.BusProcess(connection.Handle, &message);
            Assert.True(result >= 0);
            if (message != 0)
            {
                BusError* error = Libsystemd.MessageGetError(message);
                if (error is not null || Libsystemd.MessageGetMember(message) is null)
                {
                    names.Add(error is null ? "" : Encoding.ASCII.GetString(error->NameSpan));
                }

                Libsystemd.MessageUnref(message);
            }
            else if (result == 0)
            {
                connection.Wait(long.MaxValue, null);
            }
        }

        return names;
    }
}
