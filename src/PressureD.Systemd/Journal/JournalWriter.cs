using System;
using System.IO;
using System.Threading;
using PressureD.Core.Publishing;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Journal;

/// <summary>
/// Writes events, one line each, on a thread of its own: to the journal with fields when standard error leads there,
/// else to standard error with the time. While the writing hangs, the rings fill; what they dropped is said when it
/// goes on.
/// </summary>
public sealed class JournalWriter : IDisposable
{
    private const int StackBytes = 256 * 1024;
    private static readonly TimeSpan Farewell = TimeSpan.FromMilliseconds(600);

    private readonly EventRing[] _rings;
    private readonly EventDescriptor _wake;
    private readonly ILineOutput _output;
    private readonly DaemonEvent _dropped = new();
    private readonly Thread _thread;
    private volatile bool _stopping;
    private bool _started;

    /// <param name="wake">What all the rings signal.</param>
    /// <param name="rings">One per thread that has something to say; nobody else may consume them.</param>
    public JournalWriter(EventDescriptor wake, params EventRing[] rings)
        : this(ChooseOutput(), wake, rings)
    {
    }

    internal JournalWriter(ILineOutput output, EventDescriptor wake, params EventRing[] rings)
    {
        _output = output;
        _wake = wake;
        _rings = rings;
        _thread = new Thread(Run, StackBytes) { IsBackground = true, Name = "journal" };
    }

    /// <summary>
    /// What else this thread does when it was woken, once nothing is left to be said: other writing that may hang.
    /// </summary>
    public Action? Afterwards { get; init; }

    /// <summary>Starts the thread.</summary>
    public void Start()
    {
        _started = true;
        _thread.Start();
    }

    /// <summary>Writes what waits and ends the thread; leaves it behind when the writing hangs.</summary>
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

    private void Run()
    {
        while (true)
        {
            // Read before draining, so that what was said before the end is still written.
            bool last = _stopping;
            Drain();
            Afterwards?.Invoke();
            if (last)
            {
                Drain();
                return;
            }

            _wake.Wait(long.MaxValue);
        }
    }

    private void Drain()
    {
        while (Oldest() is { } ring)
        {
            _output.Write(ring.Peek()!);
            ring.Release();
        }

        foreach (EventRing ring in _rings)
        {
            long count = ring.TakeDropped();
            if (count > 0)
            {
                _dropped.Reset(DaemonEventKind.Log, MonotonicClock.NowUsec, EventPriority.Warning);
                _dropped.Text.Append("log: "u8).AppendCount(count, "message was"u8, "messages were"u8)
                    .Append(" dropped: they came faster than they could be written"u8);
                _output.Write(_dropped);
            }
        }
    }

    private EventRing? Oldest()
    {
        EventRing? oldest = null;
        long oldestUsec = long.MaxValue;
        foreach (EventRing ring in _rings)
        {
            if (ring.Peek() is { } item && item.TimeUsec < oldestUsec)
            {
                oldest = ring;
                oldestUsec = item.TimeUsec;
            }
        }

        return oldest;
    }

    // $JOURNAL_STREAM names device and inode of the stream that the service manager gave us; it may have been
    // redirected since, and it is inherited by programs whose output goes elsewhere.
    private static ILineOutput ChooseOutput()
    {
        string? stream = Environment.GetEnvironmentVariable("JOURNAL_STREAM");
        int colon = stream?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        if (colon < 0)
        {
            return new StderrOutput(prefixPriority: false);
        }

        string? target;
        try
        {
            target = new FileInfo("/proc/self/fd/2").LinkTarget;
        }
        catch (IOException)
        {
            target = null;
        }

        if (target != $"socket:[{stream![(colon + 1)..]}]")
        {
            return new StderrOutput(prefixPriority: false);
        }

        return Libsystemd.Problem is null ? new JournalOutput() : new StderrOutput(prefixPriority: true);
    }
}
