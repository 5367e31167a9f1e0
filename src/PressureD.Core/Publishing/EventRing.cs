using System;
using System.Numerics;
using System.Threading;

namespace PressureD.Core.Publishing;

/// <summary>
/// A bounded queue of preallocated events from one thread to one other. When it is full the new event is dropped and
/// counted, so the producer never waits for its consumer.
/// </summary>
public sealed class EventRing : IEventSink
{
    private readonly DaemonEvent[] _slots;
    private readonly DaemonEvent _spare = new();
    private readonly IWake? _wake;
    private DaemonEvent? _pending;

    // Both only grow; the difference is what waits. The producer alone writes _tail, the consumer alone writes _head.
    private long _head;
    private long _tail;
    private long _dropped;
    private long _droppedTaken;

    /// <param name="capacity">How many events wait at most; a power of two.</param>
    /// <param name="wake">Signalled after every event, also a dropped one; null when the consumer polls.</param>
    public EventRing(int capacity, IWake? wake = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        if (!BitOperations.IsPow2(capacity))
        {
            throw new ArgumentException($"The capacity {capacity} is not a power of two.", nameof(capacity));
        }

        _slots = new DaemonEvent[capacity];
        for (int i = 0; i < capacity; i++)
        {
            _slots[i] = new DaemonEvent();
        }

        _wake = wake;
    }

    /// <summary>How many events were dropped since the beginning. Any thread.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>How many events wait. Exact only for the thread that asks and its own side. Any thread.</summary>
    public int Count => (int)(Volatile.Read(ref _tail) - Volatile.Read(ref _head));

    /// <inheritdoc/>
    public DaemonEvent Begin(DaemonEventKind kind, long timeUsec, EventPriority priority)
    {
        // A full ring gives the spare slot: what is written there is lost unless a place is free by the time of Commit.
        DaemonEvent slot = IsFull ? _spare : Slot(_tail);
        slot.Reset(kind, timeUsec, priority);
        _pending = slot;
        return slot;
    }

    /// <inheritdoc/>
    public void Commit()
    {
        DaemonEvent? slot = _pending;
        _pending = null;
        if (slot is not null)
        {
            Accept(slot);
        }
    }

    /// <summary>Consumer: the oldest event that waits, without taking it; null when there is none.</summary>
    public DaemonEvent? Peek() => Volatile.Read(ref _tail) == _head ? null : Slot(_head);

    /// <summary>Consumer: gives the event of <see cref="Peek"/> back, which must not be used any more.</summary>
    public void Release()
    {
        if (Volatile.Read(ref _tail) != _head)
        {
            Volatile.Write(ref _head, _head + 1);
        }
    }

    /// <summary>Consumer: how many events were dropped since it last asked.</summary>
    public long TakeDropped()
    {
        long dropped = Dropped;
        long news = dropped - _droppedTaken;
        _droppedTaken = dropped;
        return news;
    }

    /// <summary>Producer: adds a copy of an event, or counts it as dropped.</summary>
    internal void Accept(DaemonEvent source)
    {
        if (IsFull)
        {
            Volatile.Write(ref _dropped, _dropped + 1);
        }
        else
        {
            DaemonEvent slot = Slot(_tail);
            if (!ReferenceEquals(slot, source))
            {
                slot.CopyFrom(source);
            }

            Volatile.Write(ref _tail, _tail + 1);
        }

        _wake?.Signal();
    }

    private bool IsFull => _tail - Volatile.Read(ref _head) >= _slots.Length;

    private DaemonEvent Slot(long position) => _slots[(int)(position & (_slots.Length - 1))];
}
