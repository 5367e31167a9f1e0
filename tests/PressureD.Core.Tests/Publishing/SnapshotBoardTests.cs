using System;
using System.Threading;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Core.Readers;

namespace PressureD.Core.Tests.Publishing;

[Collection(nameof(MeasuredCollection))]
public sealed class SnapshotBoardTests
{
    [Fact]
    public void Before_the_first_publication_everything_is_unknown()
    {
        SnapshotBoard board = new();
        DaemonSnapshot copy = new() { MemoryTotalBytes = 1 };
        Assert.True(board.TryRead(copy, out long version));
        Assert.Equal(0, version);
        Assert.Equal(Quantity.Unknown, copy.MemoryTotalBytes);
        Assert.Equal(DaemonState.Starting, copy.State);
    }

    [Fact]
    public void A_reader_gets_the_newest_publication()
    {
        SnapshotBoard board = new();
        DaemonSnapshot copy = new();
        for (int i = 1; i <= 3; i++)
        {
            board.Publish(new DaemonSnapshot { Kills = i, DegradedReasons = [$"{i}"] });
            Assert.True(board.TryRead(copy, out long version));
            Assert.Equal(i, version);
            Assert.Equal(i, copy.Kills);
            Assert.Equal([$"{i}"], copy.DegradedReasons);
        }
    }

    [Fact]
    public void Only_news_wakes()
    {
        CountingWake wake = new();
        SnapshotBoard board = new(wake);
        DaemonSnapshot snapshot = new();
        board.Publish(snapshot);
        Assert.Equal(1, wake.Count);
        snapshot.MemoryAvailableBytes = 5;
        snapshot.Steps = 5;
        board.Publish(snapshot);
        Assert.Equal(1, wake.Count);
        snapshot.Level = PressureLevel.Critical;
        board.Publish(snapshot);
        Assert.Equal(2, wake.Count);
    }

    [Fact]
    public void A_copy_is_never_of_two_publications()
    {
        SnapshotBoard board = new();
        using CancellationTokenSource end = new();
        Thread writer = new(() =>
        {
            DaemonSnapshot snapshot = new();
            for (long i = 1; !end.IsCancellationRequested; i++)
            {
                snapshot.NowUsec = i;
                snapshot.MemoryTotalBytes = i;
                snapshot.IoFullAvg10Millionths = i;
                snapshot.Kills = i;
                snapshot.Steps = i;
                board.Publish(snapshot);
            }
        });
        writer.Start();
        DaemonSnapshot copy = new();
        int reads = 0;
        for (int attempt = 0; reads < 20_000 && attempt < 50_000_000; attempt++)
        {
            if (!board.TryRead(copy, out long version) || version == 0)
            {
                continue;
            }

            reads++;
            Assert.Equal(version, copy.NowUsec);
            Assert.Equal(version, copy.MemoryTotalBytes);
            Assert.Equal(version, copy.IoFullAvg10Millionths);
            Assert.Equal(version, copy.Kills);
            Assert.Equal(version, copy.Steps);
        }

        end.Cancel();
        writer.Join();
        Assert.True(reads > 0);
    }

    [Fact]
    public void Publishing_and_reading_allocates_nothing()
    {
        SnapshotBoard board = new();
        DaemonSnapshot snapshot = new();
        DaemonSnapshot copy = new();
        board.Publish(snapshot);
        board.TryRead(copy, out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            board.Publish(snapshot);
            board.TryRead(copy, out _);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private sealed class CountingWake : IWake
    {
        public int Count { get; private set; }

        public void Signal() => Count++;
    }
}
