using System;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;

namespace PressureD.Core.Victims;

/// <summary>
/// Sees whether a victim that was sent KILL comes apart: what it holds shrinks, or its exit, in which its memory is no
/// longer shown while it is freed, takes CPU time. One that hangs in the kernel does neither.
/// </summary>
internal sealed class Teardown
{
    /// <summary>A smaller share of the victim may have other causes, and would wait for a trickle.</summary>
    private const int TellingShare = 16;

    private readonly IKernel _kernel;
    private readonly ProcessTable _processes;
    private readonly CgroupFigures _figures;
    private readonly OtherThreads _others;
    private readonly byte[] _buffer = new byte[4096];

    public Teardown(IKernel kernel, ProcessTable processes)
    {
        _kernel = kernel;
        _processes = processes;
        _figures = new CgroupFigures(kernel, new Shortage());
        _others = new OtherThreads(kernel);
    }

    /// <summary>Looks at a victim, and notes it in its flight if there is less of it than at the last sign.</summary>
    public void Look(KillFlight flight, long nowUsec)
    {
        if (!TryMeasure(flight, out long remainingBytes, out long exitTicks))
            return;
        long tellingBytes = Math.Max(flight.Victim.SizeBytes / TellingShare, 1);
        if (flight.RemainingBytes - remainingBytes < tellingBytes && exitTicks == flight.ExitTicks)
            return;
        flight.ShrankUsec = nowUsec;
        flight.RemainingBytes = remainingBytes;
        flight.ExitTicks = exitTicks;
    }

    private bool TryMeasure(KillFlight flight, out long remainingBytes, out long exitTicks)
    {
        remainingBytes = 0;
        exitTicks = 0;
        Victim victim = flight.Victim;
        if (victim.Cgroup is { } cgroup)
        {
            if (!victim.IsCgroupThere)
                return false;
            remainingBytes = _figures.SizeOf(cgroup.Directory);
            return remainingBytes != Quantity.Unknown;
        }

        if (victim.Group == 0)
            return Add(victim.Pid, victim, ref remainingBytes, ref exitTicks) > 0;
        bool any = false;
        _processes.List(out ReadOnlySpan<int> pids);
        foreach (int pid in pids)
        {
            int added = Add(pid, victim, ref remainingBytes, ref exitTicks);
            if (added < 0)
                return false;
            any |= added > 0;
        }

        return any;
    }

    /// <summary>Adds what a process still holds if it belongs to the victim.</summary>
    /// <returns>1; 0 when it does not or is gone; a negative errno when that cannot be read.</returns>
    private int Add(int pid, Victim victim, ref long remainingBytes, ref long exitTicks)
    {
        int result = StatFile.Read(_kernel, pid, _buffer, out ProcessStat stat);
        if (result < 0)
            return Errno.IsGone(result) ? 0 : result;
        bool belongs = victim.Group == 0
            ? stat.StartTicks == victim.Identity.Mark
            : stat.ProcessGroup == victim.Group && stat.Session == victim.Session && !stat.IsKernelThread;
        if (!belongs)
            return 0;
        int thread = stat.Threads > 1 ? _others.FindWithMemory(pid, out _) : 0;
        if (thread < 0)
            return Errno.IsGone(thread) ? 0 : thread;
        int length = _kernel.ReadProcess(thread > 0 ? thread : pid, ProcessFile.Status, _buffer);
        if (length < 0)
            return Errno.IsGone(length) ? 0 : length;
        if (!ProcessStatusReader.TryRead(_buffer.AsSpan(0, length), out ProcessStatus status))
            return -Errno.EIO;
        remainingBytes += status.FreedBytes;
        if (!status.HasMemory && stat.IsExiting)
            exitTicks += stat.CpuTicks;
        return 1;
    }
}
