using System;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;

namespace PressureD.Core.Victims;

/// <summary>
/// Signals the processes of a process group, each by its handle. Who belongs to it is looked up anew each time, since
/// members come and go: a group is the same one as long as some look finds members of its number and session.
/// </summary>
internal sealed class GroupKiller
{
    /// <summary>Whoever forks between the list and the signal is met by the next round.</summary>
    private const int Rounds = 3;

    private readonly IKernel _kernel;
    private readonly ProcessTable _processes;
    private readonly OtherThreads _others;
    private readonly byte[] _buffer = new byte[1024];

    public GroupKiller(IKernel kernel, ProcessTable processes)
    {
        _kernel = kernel;
        _processes = processes;
        _others = new OtherThreads(kernel);
    }

    /// <summary>Whether somebody of it lives.</summary>
    public bool IsAlive(int group, int session)
    {
        foreach (int pid in _processes.List())
        {
            if (IsMember(pid, group, session))
                return true;
        }

        return false;
    }

    /// <summary>Whether somebody of it is on its way out at this moment.</summary>
    public bool IsLeaving(int group, int session)
    {
        foreach (int pid in _processes.List())
        {
            if (IsMember(pid, group, session, out ProcessStat stat) && _others.IsLeaving(pid, stat))
                return true;
        }

        return false;
    }

    /// <summary>Whether a process lives and belongs to a group.</summary>
    public bool IsMember(int pid, int group, int session) => IsMember(pid, group, session, out _);

    /// <summary>The same, and what it reads of it.</summary>
    public bool IsMember(int pid, int group, int session, out ProcessStat stat)
    {
        int length = _kernel.ReadProcess(pid, ProcessFile.Stat, _buffer);
        stat = default;
        return length > 0 && ProcessStatReader.TryRead(_buffer.AsSpan(0, length), out stat)
            && stat.ProcessGroup == group && stat.Session == session && !stat.IsKernelThread && !stat.HasEnded;
    }

    /// <summary>Asks every process of it to leave.</summary>
    /// <returns>0, or a negative errno when nobody could be asked.</returns>
    public int Term(int group, int session) => Math.Min(Sweep(group, session, Signals.Term), 0);

    /// <summary>Ends every process of it.</summary>
    /// <returns>0, or a negative errno when nobody could be.</returns>
    public int Kill(int group, int session)
    {
        int result = Sweep(group, session, Signals.Kill);
        for (int round = 1; round < Rounds && result > 0; round++)
            Sweep(group, session, Signals.Kill);
        return Math.Min(result, 0);
    }

    private int Sweep(int group, int session, int signal)
    {
        int signalled = 0;
        int error = -Errno.ESRCH;
        foreach (int pid in _processes.List())
        {
            if (pid <= 1 || pid == _kernel.Features.OwnPid || !IsMember(pid, group, session))
                continue;
            int process = _kernel.OpenProcess(pid);
            if (process < 0)
                continue;

            // The handle is held: if the pid is in the group now, it is the one that was found and no newcomer.
            int result = IsMember(pid, group, session) ? _kernel.Signal(process, signal) : -Errno.ESRCH;
            _kernel.Close(process);
            signalled += result >= 0 ? 1 : 0;
            error = result < 0 && !Errno.IsGone(result) ? result : error;
        }

        return signalled > 0 ? signalled : error;
    }
}
