using System;
using PressureD.Core.Kernel;
using PressureD.Linux.Interop;

namespace PressureD.Linux;

public sealed unsafe partial class LinuxKernel
{
    /// <inheritdoc/>
    public int Watch(int descriptor)
    {
        uint mask;
        switch (_descriptors.KindOf(descriptor))
        {
            case DescriptorKind.Process:
                mask = Libc.EPOLLIN;
                break;
            case DescriptorKind.File:
                // A file that was never read counts as changed since, so it is read before it is waited for.
                var content = Acknowledge(descriptor);
                if (content < 0) return content;
                mask = Libc.EPOLLPRI;
                break;
            case DescriptorKind.None:
                return -Errno.EBADF;
            default:
                return -Errno.EINVAL;
        }

        if (_descriptors.IsWatched(descriptor)) return 0;
        var result = _waitSet.Add(descriptor, mask);
        if (result == 0) _descriptors.SetWatched(descriptor, true);
        // Files that cannot be waited for are refused with EPERM, which says nothing about permission.
        return result == -Errno.EPERM ? -Errno.EINVAL : result;
    }

    /// <inheritdoc/>
    public int Wait(long deadlineUsec, Span<WaitEvent> events)
    {
        if (events.IsEmpty) return 0;
        while (true)
        {
            var count = _workers.TakeFinished(events);
            var room = events.Length - count;
            if (room == 0) return count;
            var ready = _waitSet.Wait(room, count > 0 ? 0 : TimeoutMsec(deadlineUsec));
            var step = false;
            for (var index = 0; index < ready; index++)
            {
                var descriptor = _waitSet.Ready(index, out var mask);
                if (_waitSet.TakeWakeUp(descriptor, out var requested)) step |= requested;
                else if (Translate(descriptor, mask) is { } waitEvent) events[count++] = waitEvent;
            }

            if (count < events.Length) count += _workers.TakeFinished(events[count..]);
            if (count > 0 || step || _waitSet.TimedOut || NowUsec >= deadlineUsec) return count;
        }
    }

    /// <summary>What a ready descriptor means; null when it turns out to mean nothing.</summary>
    private WaitEvent? Translate(int descriptor, uint mask)
    {
        var failed = (mask & (Libc.EPOLLERR | Libc.EPOLLHUP)) != 0;
        switch (_descriptors.KindOf(descriptor))
        {
            case DescriptorKind.Process:
                StopWatching(descriptor);
                return new WaitEvent(WaitKind.Exit, descriptor);
            case DescriptorKind.Trigger when failed:
                StopWatching(descriptor);
                return new WaitEvent(WaitKind.Gone, descriptor);
            case DescriptorKind.Trigger:
                return new WaitEvent(WaitKind.Pressure, descriptor);
            case DescriptorKind.File:
                // A change and a removal look the same until the file is read; reading also takes the change.
                if (Acknowledge(descriptor) >= 0) return new WaitEvent(WaitKind.Changed, descriptor);
                StopWatching(descriptor);
                return new WaitEvent(WaitKind.Gone, descriptor);
            default:
                _waitSet.Remove(descriptor);
                return null;
        }
    }

    private void StopWatching(int descriptor)
    {
        _waitSet.Remove(descriptor);
        _descriptors.SetWatched(descriptor, false);
    }

    private static int Acknowledge(int file)
    {
        byte first;
        return Libc.Result(Libc.pread(file, &first, 1, 0));
    }

    /// <summary>Whole milliseconds, rounded up: a wait that ended before its deadline would only be repeated.</summary>
    private int TimeoutMsec(long deadlineUsec)
    {
        var remainingUsec = deadlineUsec - NowUsec;
        if (remainingUsec <= 0) return 0;
        return (int)Math.Min((remainingUsec + 999) / 1000, int.MaxValue);
    }
}
