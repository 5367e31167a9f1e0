using System;
using System.Linq;
using PressureD.Core.Incidents;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Core.Readers;
using PressureD.Systemd.Bus;

namespace PressureD.Systemd.Tests.Bus;

public sealed class BusServiceTests
{
    private static readonly string[] Manager = ["org.pressured1", "/org/pressured1"];

    [Fact]
    public void Introspection_shows_every_property_and_signal_with_its_type()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        (int exitCode, string output) = bus.Busctl(["introspect", "--xml-interface", .. Manager]);
        Assert.Equal(0, exitCode);
        foreach (ManagerPropertyInfo info in ManagerInterface.Properties)
        {
            Assert.Contains(
                $"<property name=\"{info.Name}\" type=\"{info.Signature}\" access=\"read\">",
                output,
                StringComparison.Ordinal);
        }

        string flat = string.Concat(output.Where(character => character is not ('\n' or ' ')));
        Assert.Contains(
            "<signalname=\"Killed\"><argtype=\"s\"name=\"rule\"/><argtype=\"u\"name=\"pid\"/>"
            + "<argtype=\"s\"name=\"comm\"/><argtype=\"s\"name=\"cgroup\"/><argtype=\"t\"name=\"freed_bytes\"/>"
            + "<argtype=\"s\"name=\"reason\"/></signal>",
            flat,
            StringComparison.Ordinal);
        Assert.Contains(
            "<signalname=\"LevelChanged\"><argtype=\"y\"name=\"level\"/></signal>", flat, StringComparison.Ordinal);
    }

    [Fact]
    public void Properties_say_what_the_snapshot_says()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new(bus.Address);
        Fill(service.Snapshot);
        service.Publish();
        service.WaitOnBus();
        string[] expected =
        [
            "s \"1.2.3\"", "s \"degraded\"", "y 100", "b true", "t 5000000", "s \"backup\"", "t 8000", "t 2000", "d 12.5", "t 900",
            "t 18446744073709551615", "t 7000000", "d 20", "d 0.25", "d nan", "t 3", "b true",
            "as 2 \"no PSI\" \"no swap \\303\\251\"",
        ];
        (int exitCode, string output) = bus.Busctl(
            [
                "get-property", .. Manager, ManagerInterface.Name,
                .. ManagerInterface.Properties.Select(info => info.Name),
            ]);
        Assert.Equal(0, exitCode);
        Assert.Equal(expected, output.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void The_client_reads_what_the_service_says_and_null_for_what_is_unknown()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new(bus.Address);
        Fill(service.Snapshot);
        service.Publish();
        service.WaitOnBus();
        using BusClient client = new(bus.Address);
        DaemonStatus status = client.ReadStatus();
        Assert.Equal(["no PSI", "no swap é"], status.DegradedReasons);
        Assert.Equal(
            new DaemonStatus
            {
                Version = "1.2.3",
                State = "degraded",
                Level = 100,
                DryRun = true,
                PausedUntilUsec = 5_000_000,
                PauseReason = "backup",
                MemoryTotalBytes = 8000,
                MemoryAvailableBytes = 2000,
                MemoryAvailableUserPercent = 12.5,
                SwapTotalBytes = 900,
                SwapFreeBytes = null,
                TimeToExhaustionUsec = 7_000_000,
                MemorySomeAvg10Percent = 20,
                MemoryFullAvg10Percent = 0.25,
                IoFullAvg10Percent = null,
                Kills = 3,
                PolicyDiffers = true,
                DegradedReasons = status.DegradedReasons,
            },
            status);
    }

    [Fact]
    public void Changes_are_announced_and_measurements_only_under_pressure()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new(bus.Address);
        service.Snapshot.MemoryAvailableBytes = 11111;
        service.Publish();
        service.WaitOnBus();
        using ChildProcess monitor = bus.Monitor();

        service.Snapshot.MemoryAvailableBytes = 22222;
        service.Snapshot.Kills = 77;
        service.Publish();
        Eventually.True(() => Announced(monitor, "\"Kills\":{\"type\":\"t\",\"data\":77}"), "Kills is announced");
        Assert.DoesNotContain("22222", monitor.Output, StringComparison.Ordinal);

        service.Snapshot.MemoryAvailableBytes = 33333;
        service.Snapshot.Level = PressureLevel.Critical;
        service.Publish();
        Eventually.True(() => Announced(monitor, "\"Level\":{\"type\":\"y\",\"data\":255}"), "Level is announced");
        Eventually.True(
            () => Announced(monitor, "\"MemoryAvailable\":{\"type\":\"t\",\"data\":33333}"), "with the rest");

        // Nothing wakes the service for a mere measurement: under pressure it looks by itself.
        service.Snapshot.MemoryAvailableBytes = 44444;
        service.Publish();
        Eventually.True(() => Announced(monitor, "\"data\":44444}"), "measurements are announced under pressure");
        Assert.DoesNotContain("\"Version\"", monitor.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Killed_and_LevelChanged_are_signals_and_names_need_not_be_utf8()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        using ChildProcess monitor = bus.Monitor();
        EmitKilled(service, 4711);
        DaemonEvent item = service.Events.Begin(DaemonEventKind.LevelChanged, 6, EventPriority.Notice);
        item.Level = PressureLevel.Medium;
        service.Events.Commit();
        Eventually.True(() => Announced(monitor, "\"member\":\"LevelChanged\""), "the level's change is signalled");
        Assert.Contains(
            "\"payload\":{\"type\":\"sussts\",\"data\":[\"out-of-memory-soon\",4711,\"le\\\\xffaky\","
            + "\"/batch.slice/é.service\",1048576,\"killed it\"]}",
            monitor.Output,
            StringComparison.Ordinal);
        Assert.Contains("\"payload\":{\"type\":\"y\",\"data\":[100]}", monitor.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_incident_that_is_kept_is_signalled_with_what_it_came_to()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        using ChildProcess monitor = bus.Monitor();
        DaemonEvent item = service.IncidentEvents.Begin(DaemonEventKind.IncidentRecorded, 5, EventPriority.Info);
        item.Incident = 7;
        item.Rule = "low";
        item.Outcome = IncidentOutcome.HeldBack;
        item.Text.Append("not acted"u8);
        service.IncidentEvents.Commit();
        Eventually.True(() => Announced(monitor, "\"member\":\"IncidentRecorded\""), "the incident is signalled");
        Assert.Contains(
            "\"payload\":{\"type\":\"tsss\",\"data\":[7,\"low\",\"held-back\",\"not acted\"]}",
            monitor.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_dry_run_signals_no_death()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        using ChildProcess monitor = bus.Monitor();
        service.Events.Begin(DaemonEventKind.Killed, 1, EventPriority.Warning).DryRun = true;
        service.Events.Commit();
        EmitKilled(service, 815);
        Eventually.True(() => Announced(monitor, "\"member\":\"Killed\""), "the real death is signalled");
        Assert.Equal(2, monitor.Output.Split("\"member\":\"Killed\"").Length);
    }

    [Fact]
    public void The_service_comes_up_when_its_bus_does_and_complains_once()
    {
        using PrivateBus bus = new();
        using RunningService service = new(bus.Address);
        Assert.Contains("nobody listens", service.TakeLog(), StringComparison.Ordinal);
        bus.Start();
        service.WaitOnBus();
        Assert.Contains("is back", service.TakeLog(), StringComparison.Ordinal);
        Assert.Equal(0, service.Log.Count);
    }

    [Fact]
    public void After_the_bus_died_and_came_back_the_service_is_there_again()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        for (int i = 1; i <= 2; i++)
        {
            bus.Kill();
            Eventually.True(() => !service.IsOnBus, "the service sees that the bus is gone");
            EmitKilled(service, i);
            Assert.Contains("not on the bus", service.TakeLog(), StringComparison.Ordinal);
            bus.Start();
            service.WaitOnBus();
            service.Snapshot.Kills = i;
            service.Publish();
            Assert.Contains("is back", service.TakeLog(), StringComparison.Ordinal);
            using BusClient client = new(bus.Address);
            Eventually.True(() => client.ReadStatus().Kills == (ulong)i, "its answers are new");
        }
    }

    [Fact]
    public void A_bus_that_is_stopped_never_holds_the_producer_up()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        bus.Stop();

        // Far more than socket buffers, queue and ring can hold, so that something has to give way: the events.
        for (int i = 0; service.Events.Dropped == 0 && i < 10_000_000; i++)
        {
            EmitKilled(service, i);
            service.Snapshot.Kills = i;
            service.Publish();
        }

        Assert.True(service.Events.Dropped > 0);
        bus.Continue();
        using BusClient client = new(bus.Address);
        Eventually.True(
            () => client.ReadStatus().Kills == (ulong)service.Snapshot.Kills, "the service answers with the newest");
    }

    [Fact]
    public void A_bus_that_hangs_is_left_and_found_again()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address, hangUsec: 100_000).WaitOnBus();
        bus.Stop();
        Eventually.True(
            () =>
            {
                for (int i = 0; i < 1000; i++)
                {
                    EmitKilled(service, i);
                }

                return !service.IsOnBus;
            },
            "the service gives the connection up");
        Assert.Contains("does not answer", service.TakeLog(), StringComparison.Ordinal);
        bus.Continue();
        service.WaitOnBus();
    }

    [Fact]
    public void Leaving_does_not_wait_for_a_bus_that_is_stopped()
    {
        using PrivateBus bus = new PrivateBus().Start();
        RunningService service = new RunningService(bus.Address).WaitOnBus();
        bus.Stop();
        EmitKilled(service, 1);
        service.Dispose();
        bus.Continue();
    }

    [Fact]
    public void The_last_signals_are_sent_on_leaving()
    {
        using PrivateBus bus = new PrivateBus().Start();
        RunningService service = new RunningService(bus.Address).WaitOnBus();
        using ChildProcess monitor = bus.Monitor();
        service.Snapshot.State = DaemonState.Stopping;
        service.Publish();
        EmitKilled(service, 99);
        service.Dispose();
        Eventually.True(() => Announced(monitor, "\"data\":\"stopping\""), "the last state is announced");
        Eventually.True(() => Announced(monitor, "\"out-of-memory-soon\",99,"), "the last death is signalled");
    }

    [Fact]
    public void A_name_that_somebody_else_has_is_taken_over_when_it_comes_free()
    {
        using PrivateBus bus = new PrivateBus().Start();
        RunningService first = new RunningService(bus.Address).WaitOnBus();
        using RunningService second = new(bus.Address);
        Assert.Contains("another process has the name", second.TakeLog(), StringComparison.Ordinal);
        first.Dispose();
        second.WaitOnBus();
    }

    [Fact]
    public void Without_a_bus_nothing_is_started()
    {
        using RunningService service = new(BusAddress.None);
        EmitKilled(service, 1);
        Assert.False(service.IsOnBus);
        Assert.Equal(0, service.Log.Count);
    }

    private static bool Announced(ChildProcess monitor, string text) =>
        monitor.Output.Contains(text, StringComparison.Ordinal);

    private static void EmitKilled(RunningService service, int pid)
    {
        DaemonEvent item = service.Events.Begin(DaemonEventKind.Killed, 5, EventPriority.Warning);
        item.Rule = "out-of-memory-soon";
        item.Pid = pid;
        item.FreedBytes = 1 << 20;
        item.Comm.Append("le"u8).Append([0xFF]).Append("aky"u8);
        item.Cgroup.Append("/batch.slice/é.service"u8);
        item.Text.Append("killed it"u8);
        service.Events.Commit();
    }

    private static void Fill(DaemonSnapshot snapshot)
    {
        snapshot.State = DaemonState.Degraded;
        snapshot.Level = PressureLevel.Medium;
        snapshot.DryRun = true;
        snapshot.PausedUntilUsec = 5_000_000;
        snapshot.PauseReason = "backup";
        snapshot.MemoryTotalBytes = 8000;
        snapshot.MemoryAvailableBytes = 2000;
        snapshot.AvailableUserMillionths = 125_000;
        snapshot.SwapTotalBytes = 900;
        snapshot.SwapFreeBytes = Quantity.Unknown;
        snapshot.TimeToExhaustionUsec = 7_000_000;
        snapshot.MemorySomeAvg10Millionths = 200_000;
        snapshot.MemoryFullAvg10Millionths = 2_500;
        snapshot.IoFullAvg10Millionths = Quantity.Unknown;
        snapshot.Kills = 3;
        snapshot.PolicyDiffers = true;
        snapshot.DegradedReasons = ["no PSI", "no swap é"];
    }
}
