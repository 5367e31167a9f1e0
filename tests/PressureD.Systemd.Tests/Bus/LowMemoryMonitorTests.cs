using System;
using System.Collections.Generic;
using System.Linq;
using PressureD.Core.Policy;
using PressureD.Systemd.Bus;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Tests.Bus;

public sealed class LowMemoryMonitorTests
{
    [Fact]
    public void A_worse_level_is_told_at_once_and_a_milder_one_not_before_15_s()
    {
        LowMemoryWarnings warnings = default;
        Assert.Equal(
            [
                (1.0, PressureLevel.Low), (1.1, PressureLevel.Medium), (1.2, PressureLevel.Critical),
                (16.1, PressureLevel.Medium), (16.2, PressureLevel.Critical), (16.3, PressureLevel.Low),
            ],
            Told(
                ref warnings,
                (0.5, PressureLevel.Normal), (1.0, PressureLevel.Low), (1.05, PressureLevel.Low),
                (1.1, PressureLevel.Medium), (1.2, PressureLevel.Critical), (1.3, PressureLevel.Medium),
                (2.0, PressureLevel.Critical), (2.1, PressureLevel.Low), (16.1, PressureLevel.Medium),
                (16.2, PressureLevel.Critical), (16.3, PressureLevel.Low), (16.4, PressureLevel.Normal)));
    }

    [Fact]
    public void A_level_that_stays_is_told_again_every_15_s_and_says_when()
    {
        LowMemoryWarnings warnings = default;
        long until = long.MaxValue;
        Assert.True(warnings.Take(PressureLevel.Medium, 1_000_000, ref until));
        Assert.Equal(16_000_000, until);
        Assert.False(warnings.Take(PressureLevel.Medium, 15_999_999, ref until));
        Assert.True(warnings.Take(PressureLevel.Medium, 16_000_000, ref until));
    }

    [Fact]
    public void Programs_hear_the_level_from_the_well_known_name()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        using ChildProcess monitor = bus.Monitor();
        service.Snapshot.Level = PressureLevel.Critical;
        service.Publish();
        Eventually.True(
            () => monitor.Output.Contains("\"member\":\"LowMemoryWarning\"", StringComparison.Ordinal), "a warning");
        string line = monitor.Output.Split('\n').First(text => text.Contains("LowMemoryWarning"));
        Assert.Contains("\"path\":\"/org/freedesktop/LowMemoryMonitor\"", line, StringComparison.Ordinal);
        Assert.Contains("\"payload\":{\"type\":\"y\",\"data\":[255]}", line, StringComparison.Ordinal);
        Assert.Contains(
            LowMemoryMonitor.BusName, bus.Busctl("list", "--acquired").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_somebody_else_has_the_name_it_keeps_quiet_and_does_everything_else()
    {
        using PrivateBus bus = new PrivateBus().Start();
        using ChildProcess monitor = bus.Monitor();
        using BusConnection other = BusCall.Connect(bus.Address, 30_000_000);
        Assert.True(Take(other));
        using RunningService service = new RunningService(bus.Address).WaitOnBus();
        service.Snapshot.Level = PressureLevel.Critical;
        service.Publish();
        Eventually.True(
            () => monitor.Output.Contains("\"Level\":{\"type\":\"y\",\"data\":255}", StringComparison.Ordinal),
            "the level is announced");
        Assert.DoesNotContain("LowMemoryWarning", monitor.Output, StringComparison.Ordinal);
    }

    private static unsafe bool Take(BusConnection connection)
    {
        BusMessage call = BusMessage.Call(
            connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName");
        call.Add(LowMemoryMonitor.BusName);
        call.Add(4u);
        BusMessage reply = BusCall.Invoke(connection, ref call, 30_000_000);
        uint answer;
        Libsystemd.MessageReadBasic(reply.Handle, (byte)'u', &answer);
        reply.Dispose();
        call.Dispose();
        return answer == 1;
    }

    private static (double, PressureLevel)[] Told(
        ref LowMemoryWarnings warnings, params (double Seconds, PressureLevel Level)[] seen)
    {
        long until = long.MaxValue;
        List<(double, PressureLevel)> told = [];
        foreach ((double seconds, PressureLevel level) in seen)
        {
            if (warnings.Take(level, (long)(seconds * 1e6), ref until))
            {
                told.Add((seconds, level));
            }
        }

        return [.. told];
    }
}
