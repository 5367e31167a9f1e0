using System;
using System.ComponentModel;
using System.Runtime.InteropServices;
using PressureD.Core.Publishing;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd;

/// <summary>
/// An eventfd by which the loop wakes a consuming thread: signalling is one system call that cannot block.
/// </summary>
public sealed unsafe class EventDescriptor : IWake, IDisposable
{
    // Never closed before the threads that use it have ended; a late signal after that goes nowhere.
    private int _descriptor;

    /// <exception cref="Win32Exception">The process has no descriptor left.</exception>
    public EventDescriptor()
    {
        _descriptor = Libc.EventDescriptor(0, Libc.EventDescriptorNonBlocking | Libc.EventDescriptorCloseOnExec);
        if (_descriptor < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "eventfd");
        }
    }

    internal int Descriptor => _descriptor;

    /// <inheritdoc/>
    public void Signal()
    {
        // EAGAIN means that the counter is full, so the consumer is woken already.
        ulong one = 1;
        Libc.Write(_descriptor, &one, sizeof(ulong));
    }

    public void Dispose()
    {
        int descriptor = _descriptor;
        _descriptor = -1;
        if (descriptor >= 0)
        {
            Libc.Close(descriptor);
        }
    }

    /// <summary>Waits until it is signalled or the time is reached, and takes the signals that came.</summary>
    /// <param name="untilUsec">CLOCK_MONOTONIC, microseconds.</param>
    public void Wait(long untilUsec)
    {
        PollDescriptor poll = new() { Descriptor = _descriptor, Events = Libc.PollIn };
        Libc.Poll(&poll, 1, MonotonicClock.PollTimeoutMsec(untilUsec, MonotonicClock.NowUsec));
        Clear();
    }

    /// <summary>Takes the signals that came.</summary>
    internal void Clear()
    {
        ulong count;
        Libc.Read(_descriptor, &count, sizeof(ulong));
    }
}
