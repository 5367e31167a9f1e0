using System;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using PressureD.Core.Publishing;
using PressureD.Systemd.Tests;
using PressureD.Systemd.Tests.Bus;

namespace PressureD.Cli.Tests.Commands;

/// <summary>What signals read like, from the daemon's events over the bus to the lines.</summary>
public sealed class MonitorCommandTests
{
    private const string Comm = "a\u001b[2Jb\nc\u009b1m";
    private const string Cgroup = "user.slice/\u001b[2J\n07:00:00 pressure is normal\u202e";

    [Fact]
    public void Names_that_steer_terminals_or_forge_lines_stay_in_their_line()
    {
        string[] lines = Monitor();
        Assert.All(lines, static line =>
        {
            Assert.DoesNotContain(line, static character => char.IsControl(character) || character == '\u202e');
            Assert.Matches("^[0-9]{2}:[0-9]{2}:[0-9]{2} (low|mid) ", line);
        });
        Assert.Contains(lines, static line => line.EndsWith(
            "low [/user.slice/\\x1b[2J\\x0a07:00:00 pressure is normal\\xe2\\x80\\xae] fired: mem.available 5 MiB",
            StringComparison.Ordinal));
        Assert.Contains(lines, static line => line.EndsWith(
            "mid died: a\\x1b[2Jb\\x0ac\\xc2\\x9b1m", StringComparison.Ordinal));
    }

    [Fact]
    public void In_json_they_are_whole_and_each_signal_is_a_line()
    {
        JsonElement[] signals = [.. Monitor("--json").Select(static line =>
        {
            Assert.DoesNotContain(line, static character => char.IsControl(character) || character == '\u202e');
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.Clone();
        })];
        Assert.Contains(signals, static signal => signal.GetProperty("cgroup").GetString() == Cgroup);
        Assert.Contains(signals, static signal => signal.GetProperty("comm").GetString() == Comm);
    }

    [Fact]
    public async Task A_daemon_that_is_not_there_is_said_to_be_waited_for()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using ClosingPipe output = new(1);
        StringWriter said = new();
        TextWriter error = TextWriter.Synchronized(said);
        Task<int> run = Task.Run(() => PressurectlCommand.Run(
            PressurectlCommand.Create().Parse(["monitor", "--bus", bus.Address.ToString()]),
            new InvocationConfiguration { Output = output, Error = error }));
        Eventually.True(
            () =>
            {
                // As its own methods do.
                lock (error)
                    return said.ToString().Contains("; its signals are waited for\n", StringComparison.Ordinal);
            },
            "that is said");
        using RunningService daemon = new RunningService(bus.Address).WaitOnBus();
        Eventually.True(
            () =>
            {
                if (daemon.Events.Count == 0)
                    Fire(daemon);
                return run.IsCompleted;
            },
            "its signals come");
        Assert.Equal(ExitCode.Success, await run);
    }

    [Fact]
    public async Task A_daemon_that_goes_and_comes_back_is_said_and_its_signals_go_on()
    {
        using PrivateBus bus = new PrivateBus().Start();
        RunningService first = new RunningService(bus.Address).WaitOnBus();
        using ClosingPipe output = new(40);
        Task<int> run = Task.Run(() => PressurectlCommand.Run(
            PressurectlCommand.Create().Parse(["monitor", "--bus", bus.Address.ToString()]),
            new InvocationConfiguration { Output = output }));
        Eventually.True(
            () =>
            {
                if (first.Events.Count == 0)
                    Fire(first);
                return output.Read.Length > 0;
            },
            "it listens");
        first.Dispose();
        using RunningService second = new RunningService(bus.Address).WaitOnBus();
        Eventually.True(
            () =>
            {
                if (second.Events.Count == 0)
                    Fire(second);
                return run.IsCompleted;
            },
            "its signals come");
        Assert.Equal(ExitCode.Success, await run);
        string[] said = [.. output.Read.TrimEnd('\n').Split('\n').Select(static line => line[9..])];
        int gone = Array.IndexOf(said, "pressured has left the bus: it ended; its signals are waited for");
        Assert.True(gone > 0);
        Assert.Equal("pressured is on the bus", said[gone + 1]);
    }

    /// <summary>Both signals are sent again and again, as nobody knows when the tool listens, until it ends.</summary>
    private static string[] Monitor(params string[] options)
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService daemon = new RunningService(bus.Address).WaitOnBus();
        using ClosingPipe output = new(3);
        string[] arguments = ["monitor", "--bus", bus.Address.ToString(), .. options];
        Task<int> run = Task.Run(() => PressurectlCommand.Run(
            PressurectlCommand.Create().Parse(arguments), new InvocationConfiguration { Output = output }));
        Eventually.True(
            () =>
            {
                if (daemon.Events.Count == 0)
                {
                    Fire(daemon);
                    Kill(daemon);
                }

                return run.IsCompleted;
            },
            "the tool ends when nobody reads");
        Assert.Equal(ExitCode.Success, run.Result);
        string[] lines = output.Read.TrimEnd('\n').Split('\n');
        Assert.Equal(3, lines.Length);
        return lines;
    }

    private static void Fire(RunningService daemon) => Emit(daemon, DaemonEventKind.RuleFired, static item =>
    {
        item.Cgroup.Append(Cgroup);
        item.ReasonOffset = item.Text.Append("low: fired, ").Length;
        item.Text.Append("mem.available 5 MiB");
    });

    private static void Kill(RunningService daemon) => Emit(daemon, DaemonEventKind.Killed, static item =>
    {
        item.Pid = 4711;
        item.Comm.Append(Comm);
        item.Text.Append("mid died: ").AppendEscaped(item.Comm.Span);
    });

    private static void Emit(RunningService daemon, DaemonEventKind kind, Action<DaemonEvent> fill)
    {
        DaemonEvent item = daemon.Events.Begin(kind, 5, EventPriority.Warning);
        item.Rule = "low";
        fill(item);
        daemon.Events.Commit();
    }
}
