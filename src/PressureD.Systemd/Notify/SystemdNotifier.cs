using System;
using System.Globalization;
using System.Threading;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Notify;

/// <summary>
/// Tells the service manager how we are, on a thread of its own, since its socket can be full. The watchdog is fed only
/// when the loop has stepped since the last time, as the board shows.
/// </summary>
/// <remarks>Does nothing when nobody asked for notifications, as in a terminal.</remarks>
public sealed class SystemdNotifier : IDisposable
{
    private const int Ready = 1;
    private const int Reloading = 2;
    private const int Stopping = 4;
    private const int StackBytes = 256 * 1024;
    private static readonly TimeSpan Farewell = TimeSpan.FromMilliseconds(300);

    private readonly SnapshotBoard _board;
    private readonly EventDescriptor _wake;
    private readonly INotifySocket _socket;
    private readonly DaemonSnapshot _current = new();
    private readonly DaemonSnapshot _told = new();
    private readonly TextBuffer _message = new(512);
    private readonly Thread _thread;
    private readonly long _feedUsec;
    private int _requests;
    private long _reloadingUsec;
    private long _fedSteps = -1;
    private bool _toldStatus;
    private volatile bool _stopping;
    private bool _started;

    /// <param name="board">Shows the loop's steps, and what STATUS says.</param>
    /// <param name="wake">What the board signals; its own, not shared with another thread.</param>
    public SystemdNotifier(SnapshotBoard board, EventDescriptor wake)
        : this(board, wake, new NotifySocket())
    {
    }

    internal SystemdNotifier(SnapshotBoard board, EventDescriptor wake, INotifySocket socket)
    {
        _board = board;
        _wake = wake;
        _socket = socket;
        long watchdogUsec = socket.WatchdogUsec;

        // A third of the limit leaves room for one late feeding.
        _feedUsec = watchdogUsec == long.MaxValue ? long.MaxValue : Math.Max(watchdogUsec / 3, 1);
        _thread = new Thread(Run, StackBytes) { IsBackground = true, Name = "notify" };
    }

    /// <summary>Starts the thread if somebody wants to be told.</summary>
    public void Start()
    {
        if (_socket.IsWanted)
        {
            _started = true;
            _thread.Start();
        }
    }

    /// <summary>READY=1: start-up is over, or the reload is. Any thread, returns at once.</summary>
    public void NotifyReady() => Request(Ready);

    /// <summary>RELOADING=1. <see cref="NotifyReady"/> ends it. Any thread, returns at once.</summary>
    public void NotifyReloading()
    {
        Volatile.Write(ref _reloadingUsec, MonotonicClock.NowUsec);
        Request(Reloading);
    }

    /// <summary>STOPPING=1. Any thread, returns at once.</summary>
    public void NotifyStopping() => Request(Stopping);

    /// <summary>Sends what was asked for and ends the thread; leaves it behind when the sending hangs.</summary>
    public void Dispose()
    {
        if (!_started || _stopping)
        {
            return;
        }

        _stopping = true;
        _wake.Signal();
        _thread.Join(Farewell);
    }

    private void Request(int what)
    {
        Interlocked.Or(ref _requests, what);
        _wake.Signal();
    }

    private void Run()
    {
        long feedAtUsec = _feedUsec == long.MaxValue ? long.MaxValue : MonotonicClock.NowUsec;
        while (true)
        {
            bool last = _stopping;
            SendRequests(Interlocked.Exchange(ref _requests, 0));
            long now = MonotonicClock.NowUsec;
            bool read = _board.TryRead(_current, out long version) && version > 0;
            bool feed = now >= feedAtUsec;
            if (read && (!_toldStatus || !_told.SameStanding(_current) || (feed && IsPressed)))
            {
                SendStatus();
            }

            if (feed)
            {
                Feed(read);
                feedAtUsec = now + _feedUsec;
            }

            if (last)
            {
                return;
            }

            _wake.Wait(feedAtUsec);
        }
    }

    private bool IsPressed => _current.Level != PressureLevel.Normal;

    private void SendRequests(int requests)
    {
        if ((requests & Reloading) != 0)
        {
            _message.Clear().Append("RELOADING=1\nMONOTONIC_USEC="u8).Append(Volatile.Read(ref _reloadingUsec));
            Send();
        }

        if ((requests & Ready) != 0)
        {
            _message.Clear().Append("READY=1"u8);
            Send();
        }

        if ((requests & Stopping) != 0)
        {
            _message.Clear().Append("STOPPING=1"u8);
            Send();
        }
    }

    private void Feed(bool read)
    {
        if (!read || _current.Steps == _fedSteps)
        {
            return;
        }

        _fedSteps = _current.Steps;
        _message.Clear().Append("WATCHDOG=1"u8);
        Send();
    }

    // Numbers only under pressure: in calm they would be old the moment after, and every status is a message on the
    // bus.
    private void SendStatus()
    {
        _toldStatus = true;
        _told.CopyFrom(_current);
        _message.Clear().Append("STATUS="u8).Append(StateText(_current.State));
        if (_current.DryRun)
        {
            _message.Append(" (dry run)"u8);
        }

        if (IsPressed)
        {
            _message.Append(", pressure "u8).Append(PressureLevelName.Of(_current.Level)).Append(": "u8)
                .AppendBytes(_current.MemoryAvailableBytes).Append(" available of "u8)
                .AppendBytes(_current.MemoryTotalBytes).Append(", swap "u8)
                .AppendBytes(_current.SwapFreeBytes).Append(" free"u8);
        }

        _message.Append("; killed "u8).Append(_current.Kills);
        if (_current.DegradedReasons.Length > 0)
        {
            string reason = _current.DegradedReasons[0];
            int colon = reason.IndexOf(':', StringComparison.Ordinal);

            // What is missing; what it costs follows the colon and is for longer texts.
            _message.Append("; degraded: "u8).Append(colon < 0 ? reason : reason[..colon]);
            if (_current.DegradedReasons.Length > 1)
            {
                _message.Append(" and "u8).Append(_current.DegradedReasons.Length - 1L).Append(" more"u8);
            }
        }

        Send();
    }

    private void Send() => _socket.Send(_message);

    private static string StateText(DaemonState state) => state switch
    {
        DaemonState.Starting => "Starting",
        DaemonState.Guarding => "Guarding",
        DaemonState.Degraded => "Guarding with less than the policy asks for",
        DaemonState.Paused => "Paused",
        _ => "Stopping",
    };
}
