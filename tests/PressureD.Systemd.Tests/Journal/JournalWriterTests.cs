using System;
using System.Collections.Concurrent;
using System.IO;
using System.IO.Pipes;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading;
using PressureD.Core.Publishing;
using PressureD.Systemd.Journal;

namespace PressureD.Systemd.Tests.Journal;

public sealed class JournalWriterTests
{
    [Fact]
    public void Events_of_all_rings_are_written_and_what_waits_at_the_end_too()
    {
        using EventDescriptor wake = new();
        EventRing loop = new(8, wake);
        EventRing bus = new(8, wake);
        RecordingOutput output = new();
        JournalWriter writer = new(output, wake, loop, bus);
        Say(loop, 10, "one");
        Say(bus, 5, "zero");
        Say(loop, 20, "two");
        writer.Start();
        Eventually.True(() => output.Lines.Count == 3, "three lines are written");
        Say(loop, 30, "three");
        writer.Dispose();
        Assert.Equal(["zero", "one", "two", "three"], output.Lines);
    }

    [Fact]
    public void A_log_that_hangs_never_holds_the_producer_up_and_what_was_dropped_is_said()
    {
        using EventDescriptor wake = new();
        EventRing loop = new(8, wake);
        RecordingOutput output = new();
        using JournalWriter writer = new(output, wake, loop);
        output.Gate.Reset();
        writer.Start();
        for (int i = 0; i < 1000; i++)
        {
            Say(loop, i, "x");
        }

        Assert.True(loop.Dropped >= 1000 - 9);
        output.Gate.Set();
        Eventually.True(
            () => output.Lines.Any(
                line => line.Contains($"{loop.Dropped} messages were dropped", StringComparison.Ordinal)),
            "the dropped messages are counted");
    }

    [Fact]
    public void Standard_error_gets_the_time_and_the_line()
    {
        DaemonEvent item = new();
        item.Reset(DaemonEventKind.Log, MonotonicClock.NowUsec - 3_600_000_000, EventPriority.Warning);
        item.Text.Append("an old line"u8);
        DateTime before = DateTime.UtcNow;
        string line = Write(item, prefixPriority: false);
        Assert.EndsWith("Z an old line\n", line, StringComparison.Ordinal);
        DateTime time = DateTime.Parse(line[..24], null, System.Globalization.DateTimeStyles.RoundtripKind);
        Assert.InRange(time, before.AddHours(-1).AddMinutes(-1), before.AddHours(-1).AddMinutes(1));
    }

    [Fact]
    public void A_stream_to_the_journal_gets_the_priority_and_the_line()
    {
        DaemonEvent item = new();
        item.Reset(DaemonEventKind.Log, 1, EventPriority.Warning);
        item.Text.Append("a line"u8);
        Assert.Equal("<4>a line\n", Write(item, prefixPriority: true));
    }

    [Fact]
    public void A_kill_has_its_parts_as_fields()
    {
        DaemonEvent item = new();
        item.Reset(DaemonEventKind.Killed, 77, EventPriority.Warning);
        item.Rule = "out-of-memory-soon";
        item.Pid = 4711;
        item.FreedBytes = 1024;
        item.Comm.Append("leaky"u8);
        item.Cgroup.Append("/batch.slice"u8);
        item.Text.Append("killed leaky"u8);
        JournalFields fields = new();
        fields.Fill(item);
        Assert.Equal(
            "MESSAGE=killed leakyPRIORITY=4SYSLOG_IDENTIFIER=pressuredPRESSURED_MONOTONIC_USEC=77"
            + $"MESSAGE_ID={JournalFields.KilledId}PRESSURED_EVENT=killedPRESSURED_RULE=out-of-memory-soon"
            + "PRESSURED_PID=4711PRESSURED_COMM=leakyPRESSURED_CGROUP=/batch.slicePRESSURED_FREED_BYTES=1024",
            Encoding.UTF8.GetString(fields.Bytes));
        Assert.Equal(11, fields.Count);
    }

    [Fact]
    public void Every_kind_that_is_logged_has_a_name_an_id_and_an_entry_in_the_catalog()
    {
        string[] entries =
        [
            .. File.ReadAllLines(CatalogPath()).Where(static line => line.StartsWith("-- ", StringComparison.Ordinal))
                .Select(static line => line[3..]),
        ];
        DaemonEventKind[] named =
        [
            .. Enum.GetValues<DaemonEventKind>()
                .Where(static kind => kind is not (DaemonEventKind.Log or DaemonEventKind.IncidentRecorded)),
        ];
        Assert.Equal(entries.Order(), named.Select(IdOf).Order());
        Assert.Equal(named.Length, entries.Distinct().Count());
        Assert.All(entries, static id => Assert.Matches("^[0-9a-f]{32}$", id));
        Assert.Equal(
            named.Length, named.Select(static kind => Encoding.UTF8.GetString(JournalFields.KindName(kind)))
                .Where(static name => name.Length > 0).Distinct().Count());

        static string IdOf(DaemonEventKind kind) => Encoding.UTF8.GetString(JournalFields.MessageId(kind));

        static string CatalogPath([CallerFilePath] string here = "") =>
            Path.Combine(Path.GetDirectoryName(here)!, "../../../packaging/pressured.catalog");
    }

    [Theory]
    [InlineData("system.slice/leaky.service", "UNIT=leaky.serviceN_PROCESSES=3")]
    [InlineData("user.slice/user-7.slice/user@7.service/app.slice/leaky.scope/x", "USER_UNIT=leaky.scopeN_PROCESSES=3")]
    [InlineData("elsewhere", "N_PROCESSES=3")]
    public void A_kill_names_the_unit_and_how_many_died(string cgroup, string expected)
    {
        DaemonEvent item = new();
        item.Reset(DaemonEventKind.Killed, 77, EventPriority.Warning);
        item.Cgroup.Append(cgroup);
        item.Processes = 3;
        JournalFields fields = new();
        fields.Fill(item);
        Assert.EndsWith(
            $"PRESSURED_CGROUP={cgroup}{expected}", Encoding.UTF8.GetString(fields.Bytes), StringComparison.Ordinal);

        item.Kind = DaemonEventKind.RuleFired;
        fields.Fill(item);
        Assert.DoesNotContain("UNIT=", Encoding.UTF8.GetString(fields.Bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void The_largest_event_fits()
    {
        DaemonEvent item = new();
        item.Reset(DaemonEventKind.Killed, long.MaxValue, EventPriority.Warning);
        item.Rule = new string('é', 1000);
        item.Pid = int.MaxValue;
        item.FreedBytes = long.MaxValue;
        item.ExpectedBytes = long.MaxValue;
        item.DryRun = true;
        item.Incident = long.MaxValue;
        item.Processes = int.MaxValue;
        string text = new('x', 5000);
        item.Text.Append(text);
        item.Comm.Append(text);
        item.Cgroup.Append(new string('x', DaemonEvent.CgroupBytes - 8) + ".service");
        JournalFields fields = new();
        fields.Fill(item);
        Assert.EndsWith($".serviceN_PROCESSES={int.MaxValue}", Encoding.UTF8.GetString(fields.Bytes));
    }

    private static string Write(DaemonEvent item, bool prefixPriority)
    {
        using AnonymousPipeServerStream pipe = new(PipeDirection.Out);
        using AnonymousPipeClientStream reader = new(PipeDirection.In, pipe.ClientSafePipeHandle);
        new StderrOutput(prefixPriority, (int)pipe.SafePipeHandle.DangerousGetHandle()).Write(item);
        byte[] bytes = new byte[4096];
        return Encoding.UTF8.GetString(bytes, 0, reader.Read(bytes));
    }

    private static void Say(EventRing ring, long timeUsec, string text)
    {
        ring.Begin(DaemonEventKind.Log, timeUsec, EventPriority.Info).Text.Append(text);
        ring.Commit();
    }

    private sealed class RecordingOutput : ILineOutput
    {
        public ManualResetEventSlim Gate { get; } = new(true);

        public ConcurrentQueue<string> Lines { get; } = new();

        public void Write(DaemonEvent item)
        {
            Gate.Wait();
            Lines.Enqueue(item.Text.ToString());
        }
    }
}
