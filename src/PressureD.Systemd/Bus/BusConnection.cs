using System;
using PressureD.Core.Kernel;
using PressureD.Systemd.Interop;

namespace PressureD.Systemd.Bus;

/// <summary>One connection to a bus, driven by polling. Belongs to one thread.</summary>
internal sealed unsafe class BusConnection : IDisposable
{
    private BusConnection(BusHandle handle) => Handle = handle;

    internal BusHandle Handle { get; }

    /// <summary>Whether the bus has taken us in. Until then every call that waits could wait for ever.</summary>
    internal bool IsReady => Libsystemd.BusIsReady(Handle) > 0;

    /// <summary>Messages that the bus has not taken from us yet.</summary>
    internal long QueuedWrites => Libsystemd.BusGetQueuedWrites(Handle, out ulong count) < 0 ? 0 : (long)count;

    public void Dispose() => Handle.Dispose();

    /// <summary>Begins to connect; nothing of it blocks.</summary>
    /// <returns>0, or a negative errno (ENOENT, ECONNREFUSED: nobody listens there).</returns>
    internal static int TryOpen(BusAddress address, out BusConnection? connection)
    {
        connection = null;
        if (Libsystemd.Problem is not null)
        {
            return -Errno.ENOSYS;
        }

        int result = Open(address, out BusHandle handle);
        if (result < 0)
        {
            handle.Dispose();
            return result;
        }

        connection = new BusConnection(handle);
        return 0;
    }

    /// <summary>Does one piece of work: reads, writes, answers one message.</summary>
    /// <returns>Positive when there may be more, 0 when there is not, or an errno: the connection is lost.</returns>
    internal int Process() => Libsystemd.BusProcess(Handle, null);

    /// <summary>
    /// Waits until there is work, until the time is reached, or until the wake is signalled.
    /// </summary>
    /// <returns>0, or a negative errno when the connection is lost.</returns>
    internal int Wait(long untilUsec, EventDescriptor? wake)
    {
        int events = Libsystemd.BusGetEvents(Handle);
        int descriptor = Libsystemd.BusGetFd(Handle);
        int result = Libsystemd.BusGetTimeout(Handle, out ulong busUntilUsec);
        if (events < 0 || descriptor < 0 || result < 0)
        {
            return Math.Min(events, Math.Min(descriptor, result));
        }

        long until = busUntilUsec > long.MaxValue ? untilUsec : Math.Min(untilUsec, (long)busUntilUsec);
        PollDescriptor* polls = stackalloc PollDescriptor[2];
        polls[0] = new PollDescriptor { Descriptor = descriptor, Events = (short)events };

        // A negative descriptor is one that poll does not look at.
        polls[1] = new PollDescriptor { Descriptor = wake?.Descriptor ?? -1, Events = Libc.PollIn };
        int ready = Libc.Poll(polls, 2, MonotonicClock.PollTimeoutMsec(until, MonotonicClock.NowUsec));
        if (ready > 0 && polls[1].Returned != 0)
        {
            wake?.Clear();
        }

        return 0;
    }

    /// <summary>Drives the connection until the bus has taken us in.</summary>
    /// <returns>0, or a negative errno (ETIMEDOUT: not by that time).</returns>
    internal int WaitReady(long untilUsec)
    {
        while (!IsReady)
        {
            int result = Process();
            if (result < 0)
            {
                return result;
            }

            if (result > 0)
            {
                continue;
            }

            if (MonotonicClock.NowUsec >= untilUsec)
            {
                return -Errno.ETIMEDOUT;
            }

            result = Wait(untilUsec, null);
            if (result < 0)
            {
                return result;
            }
        }

        return 0;
    }

    private static int Open(BusAddress address, out BusHandle handle)
    {
        if (address == BusAddress.System)
        {
            return Libsystemd.BusOpenSystem(out handle);
        }

        if (address == BusAddress.Session)
        {
            return Libsystemd.BusOpenUser(out handle);
        }

        if (address.Host is { } host)
        {
            return Libsystemd.BusOpenSystemRemote(out handle, host);
        }

        int result = Libsystemd.BusNew(out handle);
        if (result >= 0)
        {
            result = Libsystemd.BusSetAddress(handle, address.ToString());
        }

        if (result >= 0)
        {
            result = Libsystemd.BusSetBusClient(handle, 1);
        }

        return result >= 0 ? Libsystemd.BusStart(handle) : result;
    }
}
