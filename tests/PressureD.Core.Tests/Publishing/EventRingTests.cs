using System;
using System.Threading;
using PressureD.Core.Publishing;

namespace PressureD.Core.Tests.Publishing;

[Collection(nameof(MeasuredCollection))]
public sealed class EventRingTests
{
    [Fact]
    public void Events_come_out_in_order_with_their_content()
    {
        EventRing ring = new(4);
        for (int i = 0; i < 3; i++)
        {
            DaemonEvent slot = ring.Begin(DaemonEventKind.Killed, 100 + i, EventPriority.Warning);
            slot.Pid = i;
            slot.Text.Append("killed "u8).Append(i);
            ring.Commit();
        }

        for (int i = 0; i < 3; i++)
        {
            DaemonEvent item = ring.Peek()!;
            Assert.Equal(100 + i, item.TimeUsec);
            Assert.Equal(i, item.Pid);
            Assert.Equal($"killed {i}", item.Text.ToString());
            ring.Release();
        }

        Assert.Null(ring.Peek());
    }

    [Fact]
    public void A_full_ring_drops_the_new_event_and_counts_it_once_for_the_consumer()
    {
        EventRing ring = new(2);
        for (int i = 0; i < 5; i++)
        {
            ring.Begin(DaemonEventKind.Log, i, EventPriority.Info);
            ring.Commit();
        }

        Assert.Equal(3, ring.Dropped);
        Assert.Equal(3, ring.TakeDropped());
        Assert.Equal(0, ring.TakeDropped());
        Assert.Equal(0, ring.Peek()!.TimeUsec);
        ring.Release();
        Assert.Equal(1, ring.Peek()!.TimeUsec);
        ring.Release();
        Assert.Null(ring.Peek());
    }

    [Fact]
    public void An_event_begun_while_full_is_kept_when_a_place_came_free()
    {
        EventRing ring = new(1);
        ring.Begin(DaemonEventKind.Log, 1, EventPriority.Info);
        ring.Commit();
        ring.Begin(DaemonEventKind.Log, 2, EventPriority.Info).Text.Append("late");
        ring.Release();
        ring.Commit();
        Assert.Equal("late", ring.Peek()!.Text.ToString());
        Assert.Equal(0, ring.Dropped);
    }

    [Fact]
    public void What_is_not_committed_never_was()
    {
        EventRing ring = new(2);
        ring.Begin(DaemonEventKind.Log, 1, EventPriority.Info);
        Assert.Null(ring.Peek());
        ring.Begin(DaemonEventKind.Log, 2, EventPriority.Info);
        ring.Commit();
        ring.Commit();
        Assert.Equal(1, ring.Count);
        Assert.Equal(2, ring.Peek()!.TimeUsec);
    }

    [Fact]
    public void One_hanging_consumer_takes_nothing_from_the_other()
    {
        EventRing hangs = new(2);
        EventRing works = new(2);
        EventFanOut fanOut = new(hangs, works);
        for (int i = 0; i < 10; i++)
        {
            fanOut.Begin(DaemonEventKind.Log, i, EventPriority.Info);
            fanOut.Commit();
            Assert.Equal(i, works.Peek()!.TimeUsec);
            works.Release();
        }

        Assert.Equal(8, hangs.Dropped);
        Assert.Equal(0, works.Dropped);
    }

    [Fact]
    public void Two_threads_lose_and_garble_nothing_that_was_not_counted()
    {
        const int Events = 200_000;
        EventRing ring = new(8);
        Thread producer = new(() =>
        {
            for (int i = 1; i <= Events; i++)
            {
                DaemonEvent slot = ring.Begin(DaemonEventKind.Log, i, EventPriority.Info);
                slot.Pid = i;
                slot.FreedBytes = i * 3L;
                ring.Commit();
            }
        });
        producer.Start();
        long seen = 0;
        long last = 0;
        while (true)
        {
            bool ended = !producer.IsAlive;
            DaemonEvent? item = ring.Peek();
            if (item is null)
            {
                if (ended)
                {
                    break;
                }

                Thread.Yield();
                continue;
            }

            Assert.True(item.TimeUsec > last);
            Assert.Equal(item.TimeUsec, item.Pid);
            Assert.Equal(item.TimeUsec * 3, item.FreedBytes);
            last = item.TimeUsec;
            seen++;
            ring.Release();
        }

        Assert.Equal(Events, seen + ring.Dropped);
    }

    [Fact]
    public void Producing_and_consuming_allocates_nothing()
    {
        EventRing ring = new(4);
        EventFanOut sink = new(ring);
        Produce(sink, ring);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            Produce(sink, ring);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void Produce(EventFanOut sink, EventRing ring)
    {
        DaemonEvent slot = sink.Begin(DaemonEventKind.Killed, 5, EventPriority.Warning);
        slot.Rule = "out-of-memory-soon";
        slot.Comm.Append("leaky"u8);
        slot.Text.Append("killed "u8).AppendEscaped("le\naky"u8).Append(" of rule ").Append(slot.Rule)
            .Append(": "u8).AppendBytes(1 << 30).Append(" "u8).AppendPercent(123_456).Append(" "u8).AppendDuration(99);
        sink.Commit();
        ring.Peek();
        ring.Release();
    }
}
