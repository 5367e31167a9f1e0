using System;
using System.IO;
using System.Threading;
using PressureD.Core.Kernel;
using PressureD.Linux.Interop;

namespace PressureD.Linux;

/// <summary>
/// Two threads for what can hang: a victim's mmap lock can be held for as long as memory is short. A bounded queue
/// stands before them, so that a hang costs results and never the loop.
/// </summary>
internal sealed unsafe class Workers
{
    private const int ThreadCount = 2;
    private const int SlotCount = 16;
    private const int StackBytes = 128 * 1024;
    private const int StopMsec = 1000;

    private readonly WorkSlot[] _slots = new WorkSlot[SlotCount];
    private readonly Thread[] _threads = new Thread[ThreadCount];
    private readonly WaitSet _waitSet;
    private readonly int _proc;
    private readonly int _semaphore;
    private long _sequence;
    private volatile bool _stopping;

    /// <summary>Starts the threads.</summary>
    /// <param name="waitSet">Woken when an operation has ended.</param>
    /// <param name="proc">A held /proc, kept open until <see cref="Stop"/> succeeded.</param>
    public Workers(WaitSet waitSet, int proc)
    {
        _waitSet = waitSet;
        _proc = proc;
        _semaphore = Libc.Result(Libc.eventfd(0, Libc.EFD_SEMAPHORE | Libc.EFD_CLOEXEC));
        if (_semaphore < 0) throw new IOException($"cannot create an eventfd: {Errno.Name(_semaphore)}");
        for (var index = 0; index < SlotCount; index++) _slots[index] = new WorkSlot();
        for (var index = 0; index < ThreadCount; index++)
        {
            _threads[index] = new Thread(Run, StackBytes) { IsBackground = true, Name = "pressured-work" };
            _threads[index].Start();
        }
    }

    /// <summary>Queues an operation.</summary>
    /// <returns>Its ticket, or EBUSY.</returns>
    public int Begin(in BlockingOperation operation, int target) => Queue(operation, target, closesOnly: false);

    /// <summary>Closes a descriptor whose closing takes time.</summary>
    /// <returns>Whether there was a place for it; else it is still open.</returns>
    public bool TryClose(int descriptor) => Queue(default, descriptor, closesOnly: true) >= 0;

    /// <inheritdoc cref="IKernel.Finish"/>
    public int Finish(int ticket, Span<byte> output)
    {
        if (ticket < 0) return -Errno.EINVAL;
        var slot = _slots[ticket % SlotCount];
        var state = slot.State;
        if (state == WorkSlot.Free || slot.Ticket != ticket || slot.ClosesOnly) return -Errno.EINVAL;
        if (state != WorkSlot.Done) return -Errno.EAGAIN;
        var result = slot.Result;
        if (result > 0)
        {
            result = Math.Min(result, output.Length);
            slot.Output.AsSpan(0, result).CopyTo(output);
        }

        slot.MoveTo(WorkSlot.Free);
        return result;
    }

    /// <summary>
    /// Writes an event for each operation that has ended since it was last asked, as far as there is room.
    /// </summary>
    public int TakeFinished(Span<WaitEvent> events)
    {
        var count = 0;
        foreach (var slot in _slots)
        {
            if (count == events.Length) break;
            if (slot.State != WorkSlot.Done || slot.Reported) continue;
            slot.Reported = true;
            events[count++] = new WaitEvent(WaitKind.Ticket, slot.Ticket);
        }

        return count;
    }

    /// <summary>Ends the threads, after what is queued.</summary>
    /// <returns>Whether both have ended; false when one hangs in the kernel.</returns>
    public bool Stop()
    {
        _stopping = true;
        for (var index = 0; index < ThreadCount; index++) Post();
        foreach (var thread in _threads)
        {
            if (!thread.Join(StopMsec)) return false;
        }

        _ = Libc.close(_semaphore);
        return true;
    }

    private int Queue(in BlockingOperation operation, int target, bool closesOnly)
    {
        for (var index = 0; index < SlotCount; index++)
        {
            var slot = _slots[index];
            if (slot.State != WorkSlot.Free) continue;
            slot.Operation = operation;
            slot.Take(operation.Path.Span, operation.Value.Span);
            slot.Target = target;
            slot.ClosesOnly = closesOnly;
            slot.Sequence = _sequence++;
            slot.Ticket = (int)(((slot.Sequence * SlotCount) + index) & int.MaxValue);
            slot.Reported = false;
            slot.MoveTo(WorkSlot.Queued);
            Post();
            return slot.Ticket;
        }

        return -Errno.EBUSY;
    }

    private void Post()
    {
        ulong one = 1;
        _ = Libc.write(_semaphore, &one, sizeof(ulong));
    }

    private void Run()
    {
        while (true)
        {
            ulong one;
            if (Libc.Result(Libc.read(_semaphore, &one, sizeof(ulong))) == -Errno.EINTR) continue;
            var slot = TakeOldest();
            if (slot is null)
            {
                if (_stopping) return;
            }
            else if (slot.ClosesOnly)
            {
                _ = Libc.close(slot.Target);
                slot.MoveTo(WorkSlot.Free);
            }
            else
            {
                slot.Result = Perform(slot);
                slot.MoveTo(WorkSlot.Done);
                _waitSet.NotifyFinished();
            }
        }
    }

    // Every unit of the semaphore stands for one queued slot, so one is there unless the other worker was quicker: then
    // the unit that belongs to that worker's slot is still to come.
    private WorkSlot? TakeOldest()
    {
        while (true)
        {
            WorkSlot? oldest = null;
            foreach (var slot in _slots)
            {
                if (slot.State == WorkSlot.Queued && (oldest is null || slot.Sequence < oldest.Sequence)) oldest = slot;
            }

            if (oldest is null || oldest.TryTake()) return oldest;
        }
    }

    private int Perform(WorkSlot slot)
    {
        if (slot.Operation.Kind == BlockingKind.ReadProcess)
            return ProcReader.Read(_proc, slot.Target, slot.Operation.File, slot.Output);
        if (slot.Operation.Kind == BlockingKind.Write)
            return Write(slot);
        var result = Libc.Result(Libc.syscall(Libc.SYS_process_mrelease, slot.Target, 0, 0, 0));
        _ = Libc.close(slot.Target);
        return result;
    }
    private static int Write(WorkSlot slot)
    {
        var file = ControlPath.Open(slot.Target, slot.Path, Libc.O_WRONLY);
        if (slot.Target != KernelDirectory.None) _ = Libc.close(slot.Target);
        if (file < 0) return file;
        int written;
        // Once: a reclaim that a signal interrupted has done its part, and would begin anew.
        fixed (byte* start = slot.Value)
            written = Libc.Result(Libc.write(file, start, (nuint)slot.Value.Length));
        _ = Libc.close(file);
        if (written == -Errno.EAGAIN) return -Errno.ETIMEDOUT;
        return written < 0 ? written : written == slot.Value.Length ? 0 : -Errno.EIO;
    }
}
