using System;
using System.Collections.Concurrent;
using System.Linq;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Systemd.Notify;

namespace PressureD.Systemd.Tests.Notify;

public sealed class SystemdNotifierTests
{
    [Fact]
    public void Ready_reloading_and_stopping_are_told()
    {
        using EventDescriptor wake = new();
        RecordingSocket socket = new();
        using SystemdNotifier notifier = new(new SnapshotBoard(wake), wake, socket);
        notifier.Start();
        notifier.NotifyReady();
        Eventually.True(() => socket.Messages.Contains("READY=1"), "ready is told");
        long before = MonotonicClock.NowUsec;
        notifier.NotifyReloading();
        Eventually.True(() => socket.Messages.Count == 2, "reloading is told");
        string[] lines = socket.Messages.ToArray()[1].Split('\n');
        Assert.Equal("RELOADING=1", lines[0]);
        Assert.InRange(long.Parse(lines[1]["MONOTONIC_USEC=".Length..]), before, MonotonicClock.NowUsec);
        notifier.NotifyStopping();
        notifier.Dispose();
        Assert.Equal("STOPPING=1", socket.Messages.ToArray()[^1]);
    }

    [Fact]
    public void The_watchdog_is_fed_only_when_the_loop_has_stepped()
    {
        using EventDescriptor wake = new();
        SnapshotBoard board = new(wake);
        RecordingSocket socket = new() { WatchdogUsec = 30_000 };
        using SystemdNotifier notifier = new(board, wake, socket);
        DaemonSnapshot snapshot = new() { State = DaemonState.Guarding, Steps = 1 };
        board.Publish(snapshot);
        notifier.Start();
        Eventually.True(() => Fed(socket) == 1, "the first step feeds");
        snapshot.Steps = 2;
        board.Publish(snapshot);
        Eventually.True(() => Fed(socket) == 2, "the second step feeds");

        // The thread goes round twice more, as the answers to two requests show, and feeds nothing.
        notifier.NotifyReady();
        Eventually.True(() => socket.Messages.Contains("READY=1"), "the thread went round");
        notifier.NotifyStopping();
        Eventually.True(() => socket.Messages.Contains("STOPPING=1"), "the thread went round again");
        Assert.Equal(2, Fed(socket));
    }

    [Fact]
    public void The_status_says_how_we_are_and_numbers_under_pressure()
    {
        using EventDescriptor wake = new();
        SnapshotBoard board = new(wake);
        RecordingSocket socket = new();
        using SystemdNotifier notifier = new(board, wake, socket);
        DaemonSnapshot snapshot = new() { State = DaemonState.Guarding, DryRun = true };
        notifier.Start();
        board.Publish(snapshot);
        Eventually.True(() => socket.Messages.Contains("STATUS=Guarding (dry run); killed 0"), "calm");
        snapshot.State = DaemonState.Degraded;
        snapshot.DegradedReasons = ["no PSI: stalls are not seen", "no cgroups"];
        snapshot.Level = PressureLevel.Medium;
        snapshot.Kills = 2;
        snapshot.MemoryTotalBytes = 8L << 30;
        snapshot.MemoryAvailableBytes = 1L << 30;
        snapshot.SwapFreeBytes = 0;
        board.Publish(snapshot);
        Eventually.True(
            () => socket.Messages.Contains(
                "STATUS=Guarding with less than the policy asks for (dry run), pressure medium: "
                + "1.0 GiB available of 8.0 GiB, swap 0 B free; killed 2; degraded: no PSI and 1 more"),
            "pressure");
    }

    [Fact]
    public void Nobody_is_told_when_nobody_asked()
    {
        using EventDescriptor wake = new();
        RecordingSocket socket = new() { IsWanted = false };
        SystemdNotifier notifier = new(new SnapshotBoard(wake), wake, socket);
        notifier.Start();
        notifier.NotifyReady();
        notifier.Dispose();
        Assert.Empty(socket.Messages);
    }

    private static int Fed(RecordingSocket socket) => socket.Messages.Count(message => message == "WATCHDOG=1");

    private sealed class RecordingSocket : INotifySocket
    {
        public bool IsWanted { get; init; } = true;

        public long WatchdogUsec { get; init; } = long.MaxValue;

        public ConcurrentQueue<string> Messages { get; } = new();

        public void Send(TextBuffer message) => Messages.Enqueue(message.ToString());
    }
}
