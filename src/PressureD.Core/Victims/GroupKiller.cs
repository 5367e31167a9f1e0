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

    /// <summary>Whether somebody of it lives, or may for all that can be read.</summary>
    public bool IsAlive(int group, int session)
    {
        if (_processes.List(out ReadOnlySpan<int> pids) < 0)
            return true;
        foreach (int pid in pids)
        {
            if (Find(pid, group, session) != 0)
                return true;
        }

        return false;
    }

    /// <summary>Whether somebody of it is on its way out at this moment.</summary>
    public bool IsLeaving(int group, int session)
    {
        _processes.List(out ReadOnlySpan<int> pids);
        foreach (int pid in pids)
        {
            if (Find(pid, group, session, out ProcessStat stat) > 0 && _others.IsLeaving(pid, stat))
                return true;
        }

        return false;
    }

    /// <summary>Looks whether a process lives and belongs to a group.</summary>
    /// <returns>
    /// 1 or 0; a negative errno when that cannot be told at this moment. Who can never be read is no member.
    /// </returns>
    public int Find(int pid, int group, int session) => Find(pid, group, session, out _);

    /// <inheritdoc cref="Find(int, int, int)"/>
    /// <param name="stat">What was read of it.</param>
    public int Find(int pid, int group, int session, out ProcessStat stat)
    {
        int result = StatFile.Read(_kernel, pid, _buffer, out stat);
        if (result < 0)
            return Errno.IsPassing(result) ? result : 0;
        bool isMember = stat.ProcessGroup == group && stat.Session == session && !stat.IsKernelThread
            && !stat.HasEnded;
        return isMember ? 1 : 0;
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
        int listed = _processes.List(out ReadOnlySpan<int> pids);
        int signalled = 0;
        int error = listed < 0 ? listed : -Errno.ESRCH;
        foreach (int pid in pids)
        {
            if (pid <= 1 || pid == _kernel.Features.OwnPid)
                continue;
            int result = SignalMember(pid, group, session, signal);
            signalled += result > 0 ? 1 : 0;
            error = result < 0 && !Errno.IsGone(result) ? result : error;
        }

        return signalled > 0 ? signalled : error;
    }

    /// <returns>1; 0 when it is no member; or a negative errno.</returns>
    private int SignalMember(int pid, int group, int session, int signal)
    {
        int result = Find(pid, group, session);
        if (result <= 0)
            return result;
        int process = _kernel.OpenProcess(pid);
        if (process < 0)
            return process;

        // The handle is held: if the pid is in the group now, it is the one that was found and no newcomer.
        result = Find(pid, group, session);
        if (result > 0 && _kernel.Signal(process, signal) is < 0 and int refused)
            result = refused;
        _kernel.Close(process);
        return result;
    }
}
