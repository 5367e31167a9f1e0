using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using PressureD.Core.Commands;
using PressureD.Core.Kernel;
using PressureD.Core.Publishing;
using PressureD.Systemd.Interop;
using PressureD.Systemd.Units;

namespace PressureD.Systemd.Bus;

/// <summary>
/// org.pressured1 on a message bus, on a thread of its own. It takes snapshots and events and gives commands that the
/// loop carries out when it comes to them, so a bus that is absent, restarts or hangs costs nothing but what it would
/// have been told or have asked.
/// </summary>
public sealed unsafe class BusService : IDisposable
{
    // Enough for a burst of clients, little enough that signals are not held up by them.
    private const int MessagesPerIteration = 32;

    // With more than this unsent the bus does not listen: events then wait in their ring and are dropped there.
    private const int MostQueuedWrites = 64;

    private const long FarewellUsec = 200_000;
    private const int StackBytes = 512 * 1024;

    private readonly BusServiceOptions _options;
    private readonly EventRing[] _events;
    private readonly EventDescriptor _wake;
    private readonly IEventSink _log;
    private readonly ManagerObject _object;
    private readonly UnitJobs? _units;
    private readonly LowMemoryMonitor? _lowMemory;
    private readonly Thread _thread;
    private GCHandle _self;
    private BusConnection? _connection;
    private volatile bool _stopping;
    private volatile bool _onBus;
    private bool _complained;
    private int _nameAnswer;
    private long _retryAtUsec;
    private long _retryAfterUsec;
    private long _askedUsec;
    private long _announcedUsec;
    private long _queued;
    private long _queueMovedUsec;
    private bool _started;

    /// <param name="options">Where, and how patient.</param>
    /// <param name="board">What the properties say.</param>
    /// <param name="events">What the signals say; nobody else may consume it.</param>
    /// <param name="commands">What methods ask of the loop; nobody else may ask there.</param>
    /// <param name="wake">What the board, the ring and the answers signal.</param>
    /// <param name="log">Takes what this thread has to say; nobody else may produce there.</param>
    public BusService(
        BusServiceOptions options,
        SnapshotBoard board,
        EventRing events,
        CommandQueue commands,
        EventDescriptor wake,
        IEventSink log)
    {
        _options = options;
        _events = options.IncidentEvents is { } incidents ? [events, incidents] : [events];
        _wake = wake;
        _log = log;
        _object = new ManagerObject(board, commands, options, wake);
        _retryAfterUsec = options.FirstRetryUsec;
        _units = options is { Jobs: { } jobs, JobsWake: { } jobsWake } ? new UnitJobs(jobs, jobsWake) : null;

        // Programs listen for its warnings on the system's bus alone.
        _lowMemory = options.Address == BusAddress.Session ? null : new LowMemoryMonitor();
        _thread = new Thread(Run, StackBytes) { IsBackground = true, Name = "bus" };
    }

    /// <summary>Whether the bus knows us by our name right now. Any thread.</summary>
    public bool IsOnBus => _onBus;

    /// <summary>Starts the thread; returns at once. Without a bus to go to, nothing is started.</summary>
    public void Start()
    {
        if (_options.Address != BusAddress.None && Libsystemd.Problem is null)
        {
            _started = true;
            _self = GCHandle.Alloc(this);
            _thread.Start();
        }
    }

    /// <summary>
    /// Sends what it still can within a fifth of a second, leaves the bus and ends the thread. A thread that hangs in
    /// spite of all is left behind.
    /// </summary>
    public void Dispose()
    {
        if (_stopping)
        {
            return;
        }

        _stopping = true;
        if (!_started)
        {
            _object.Dispose();
            _units?.Dispose();
            _lowMemory?.Dispose();
            return;
        }

        _wake.Signal();
        if (_thread.Join(TimeSpan.FromMicroseconds(FarewellUsec * 3)))
        {
            _self.Free();
            _object.Dispose();
            _units?.Dispose();
            _lowMemory?.Dispose();
        }
    }

    private void Run()
    {
        while (!_stopping)
        {
            long now = MonotonicClock.NowUsec;
            if (_connection is null && now >= _retryAtUsec)
            {
                Connect(now);
            }

            if (_connection is null)
            {
                DiscardEvents();
                _units?.Advance(isOnBus: false);
                _wake.Wait(_retryAtUsec);
                continue;
            }

            int result = Step(_connection, now);
            if (result < 0)
            {
                Disconnect(result);
            }
        }

        SayFarewell();
    }

    private void Connect(long now)
    {
        int result = BusConnection.TryOpen(_options.Address, out _connection);
        if (_connection is null)
        {
            Disconnect(result);
            return;
        }

        _object.Refresh();
        result = _object.Register(_connection);
        if (result >= 0)
        {
            _nameAnswer = 0;
            _askedUsec = now;
            _queued = 0;
            _queueMovedUsec = now;
            result = Libsystemd.BusRequestNameAsync(
                _connection.Handle, null, ManagerInterface.BusName, 0, &NameAnswered, GCHandle.ToIntPtr(_self));
        }

        if (result >= 0 && _units is not null)
        {
            result = _units.Attach(_connection);
        }

        if (result >= 0 && _lowMemory is not null)
        {
            result = _lowMemory.Register(_connection);
        }

        if (result < 0)
        {
            Disconnect(result);
        }
    }

    // One iteration: answer, tell, wait. Returns a negative errno when the connection has to be given up.
    private int Step(BusConnection connection, long now)
    {
        _object.Refresh();
        int result = 1;
        for (int i = 0; i < MessagesPerIteration && result > 0; i++)
        {
            result = connection.Process();
        }

        if (result < 0)
        {
            return result;
        }

        bool moreToRead = result > 0;
        _units?.Advance(_onBus);
        long until = long.MaxValue;
        if (_nameAnswer < 0)
        {
            return _nameAnswer;
        }

        if (_nameAnswer == 0)
        {
            until = _askedUsec + _options.HangUsec;
            result = now >= until ? -Errno.ETIMEDOUT : 0;
        }
        else
        {
            Arrived();
            result = Tell(connection, now, ref until);
            _object.Calls.Advance(now, ref until);
            if (result >= 0 && _lowMemory is not null)
            {
                result = _lowMemory.Tell(connection, _object.Level, now, ref until);
            }
        }

        if (result >= 0)
        {
            result = CheckQueue(connection, now, ref until);
        }

        return result < 0 ? result : connection.Wait(moreToRead ? 0 : until, _wake);
    }

    private int Tell(BusConnection connection, long now, ref long until)
    {
        foreach (EventRing events in _events)
        {
            while (events.Peek() is { } item && connection.QueuedWrites < MostQueuedWrites)
            {
                int result = _object.Signal(connection, item);
                events.Release();
                if (result < 0)
                {
                    return result;
                }
            }
        }

        long dueUsec = _announcedUsec + _options.AnnounceUsec;
        if (_object.HasNews)
        {
            if (now >= dueUsec && connection.QueuedWrites < MostQueuedWrites)
            {
                _announcedUsec = now;
                dueUsec = now + _options.AnnounceUsec;
                int result = _object.Announce(connection);
                if (result < 0)
                {
                    return result;
                }
            }

            until = Math.Min(until, dueUsec);
        }

        if (_object.UnderPressure)
        {
            until = Math.Min(until, Math.Max(dueUsec, now + _options.AnnounceUsec));
        }

        return 0;
    }

    // Messages that do not leave for a long time mean that the bus hangs.
    private int CheckQueue(BusConnection connection, long now, ref long until)
    {
        long queued = connection.QueuedWrites;
        if (queued == 0 || queued < _queued)
        {
            _queueMovedUsec = now;
        }

        _queued = queued;
        if (queued == 0)
        {
            return 0;
        }

        until = Math.Min(until, _queueMovedUsec + _options.HangUsec);
        return now - _queueMovedUsec >= _options.HangUsec ? -Errno.ETIMEDOUT : 0;
    }

    private void Arrived()
    {
        if (_onBus)
        {
            return;
        }

        _onBus = true;
        _retryAfterUsec = _options.FirstRetryUsec;
        if (_complained)
        {
            _complained = false;
            DaemonEvent item = _log.Begin(DaemonEventKind.Log, MonotonicClock.NowUsec, EventPriority.Notice);
            item.Text.Append("bus: "u8).Append(ManagerInterface.BusName).Append(" is back on the bus "u8)
                .Append(_options.Address.ToString());
            _log.Commit();
        }
    }

    private void Disconnect(int result)
    {
        _units?.Detach();
        _object.Calls.Clear();
        _connection?.Dispose();
        _connection = null;
        _onBus = false;
        _retryAtUsec = MonotonicClock.NowUsec + _retryAfterUsec;
        _retryAfterUsec = Math.Min(_retryAfterUsec * 2, _options.LongestRetryUsec);
        if (_complained)
        {
            return;
        }

        // Said once until it works again: the attempts that follow mean the same.
        _complained = true;
        DaemonEvent item = _log.Begin(DaemonEventKind.Log, MonotonicClock.NowUsec, EventPriority.Warning);
        item.Text.Append("bus: not on the bus "u8).Append(_options.Address.ToString()).Append(": "u8);
        BusFailure.Describe(item.Text, result).Append("; trying again, protection goes on"u8);
        _log.Commit();
    }

    // Nobody hears them, and at the next connection they would be old news.
    private void DiscardEvents()
    {
        foreach (EventRing events in _events)
        {
            while (events.Peek() is not null)
            {
                events.Release();
            }
        }
    }

    // The last state and signals go out if the bus takes them at once; a bus that hangs is not waited for.
    private void SayFarewell()
    {
        if (_connection is null)
        {
            return;
        }

        if (_onBus)
        {
            long until = MonotonicClock.NowUsec + FarewellUsec;
            long never = long.MaxValue;
            _announcedUsec = 0;
            _object.Refresh();
            int result = Tell(_connection, MonotonicClock.NowUsec, ref never);
            while (result >= 0 && _connection.QueuedWrites > 0 && MonotonicClock.NowUsec < until)
            {
                result = _connection.Process();
                if (result == 0)
                {
                    result = _connection.Wait(until, null);
                }
            }
        }

        _onBus = false;
        _units?.Detach();
        _object.Calls.Clear();
        _connection.Dispose();
        _connection = null;
    }

    // sd_bus_message_handler_t for the answer to the name request.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int NameAnswered(nint message, nint userdata, nint error)
    {
        try
        {
            BusService self = (BusService)GCHandle.FromIntPtr(userdata).Target!;
            int errno = Libsystemd.MessageGetErrno(message);
            uint answer = 0;
            int result = errno != 0 ? -errno : Libsystemd.MessageReadBasic(message, (byte)'u', &answer);

            // 1: we have the name; 4: we had it already. 2 and 3: somebody else has it.
            self._nameAnswer = result < 0 ? result : answer is 1 or 4 ? 1 : BusFailure.NameTaken;
            return 0;
        }
        catch (Exception)
        {
            return -Errno.EIO;
        }
    }
}
