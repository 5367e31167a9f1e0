using System;
using System.Buffers.Binary;
using System.IO;
using System.Threading;
using PressureD.Core.Kernel;
using PressureD.Linux.Interop;

namespace PressureD.Linux;

/// <summary>
/// The only type that knows epoll: what is waited for, and the eventfd by which other threads end a wait.
/// </summary>
internal sealed unsafe class WaitSet : IDisposable
{
    private const int BatchEvents = 64;

    private readonly int _epoll;
    private readonly int _wakeUp;
    private readonly byte[] _events = GC.AllocateArray<byte>(BatchEvents * 16, pinned: true);
    private int _stepRequested;
    private int _ready;

    public WaitSet()
    {
        _epoll = Libc.Result(Libc.epoll_create1(Libc.EPOLL_CLOEXEC));
        if (_epoll < 0) throw new IOException($"cannot create an epoll set: {Errno.Name(_epoll)}");
        _wakeUp = Libc.Result(Libc.eventfd(0, Libc.EFD_NONBLOCK | Libc.EFD_CLOEXEC));
        if (_wakeUp < 0) throw new IOException($"cannot create an eventfd: {Errno.Name(_wakeUp)}");
        var result = Add(_wakeUp, Libc.EPOLLIN);
        if (result < 0) throw new IOException($"cannot wait for an eventfd: {Errno.Name(result)}");
    }

    /// <summary>Waits for a descriptor; errors are always waited for as well.</summary>
    /// <returns>0, or a negative errno (ENOSPC: fs.epoll.max_user_watches).</returns>
    public int Add(int descriptor, uint mask)
    {
        var entry = stackalloc byte[16];
        *(uint*)entry = mask;
        *(int*)(entry + Libc.EpollDataOffset) = descriptor;
        return Libc.Result(Libc.epoll_ctl(_epoll, Libc.EPOLL_CTL_ADD, descriptor, entry));
    }

    /// <summary>Stops waiting for a descriptor.</summary>
    public void Remove(int descriptor)
    {
        // Kernels before 2.6.9 read the argument, later ones do not; a valid pointer costs nothing.
        var entry = stackalloc byte[16];
        _ = Libc.epoll_ctl(_epoll, Libc.EPOLL_CTL_DEL, descriptor, entry);
    }

    /// <summary>Whether the last wait ended by its time: nothing was ready, and no signal interrupted it.</summary>
    public bool TimedOut { get; private set; }

    /// <summary>Waits once.</summary>
    /// <param name="limit">The most descriptors to report.</param>
    /// <param name="timeoutMsec">0 does not wait.</param>
    /// <returns>How many are ready, for <see cref="Ready"/>; an interrupted wait has none.</returns>
    public int Wait(int limit, int timeoutMsec)
    {
        fixed (byte* events = _events)
            _ready = Libc.Result(Libc.epoll_wait(_epoll, events, Math.Min(limit, BatchEvents), timeoutMsec));
        TimedOut = _ready == 0;
        if (_ready >= 0) return _ready;
        if (_ready != -Errno.EINTR) throw new IOException($"cannot wait: {Errno.Name(_ready)}");
        return _ready = 0;
    }

    /// <summary>One of the descriptors that the last wait found ready, and why.</summary>
    public int Ready(int index, out uint mask)
    {
        var entry = _events.AsSpan(index * Libc.EpollEventBytes, Libc.EpollEventBytes);
        mask = BinaryPrimitives.ReadUInt32LittleEndian(entry);
        return BinaryPrimitives.ReadInt32LittleEndian(entry[Libc.EpollDataOffset..]);
    }

    /// <summary>Whether a ready descriptor is the wake-up, which it then is no longer.</summary>
    /// <param name="descriptor">What <see cref="Ready"/> said.</param>
    /// <param name="stepRequested">Whether somebody asked for a step; else operations ended.</param>
    public bool TakeWakeUp(int descriptor, out bool stepRequested)
    {
        stepRequested = false;
        if (descriptor != _wakeUp) return false;
        ulong count;
        _ = Libc.read(_wakeUp, &count, sizeof(ulong));
        stepRequested = Interlocked.Exchange(ref _stepRequested, 0) != 0;
        return true;
    }

    /// <summary>Ends the wait that is going on, or the next one. From any thread.</summary>
    public void RequestStep()
    {
        Interlocked.Exchange(ref _stepRequested, 1);
        NotifyFinished();
    }

    /// <summary>Has the wait look at operations that have ended. From any thread.</summary>
    public void NotifyFinished()
    {
        ulong one = 1;
        _ = Libc.write(_wakeUp, &one, sizeof(ulong));
    }

    public void Dispose()
    {
        _ = Libc.close(_epoll);
        _ = Libc.close(_wakeUp);
    }
}
