using System;
using PressureD.Core.Cgroups;
using PressureD.Core.Durable;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;

namespace PressureD.Core.Victims;

/// <summary>
/// Signals a whole cgroup: KILL by cgroup.kill, which no fork escapes; where that is missing (before 5.14) by freezing
/// it first, so that nobody forks between the list and the signal, and thawing it whatever happens.
/// </summary>
internal sealed class CgroupKiller
{
    private const int MaxSweeps = 8;

    /// <summary>Sweeps do not hold up the loop for longer; what they leave is for the next step.</summary>
    private const long SweepUsec = 20_000;

    /// <summary>
    /// Room to know so many by their pids. Who is displaced by another is signalled once more, which does no harm.
    /// </summary>
    private const int KnownPids = 1 << 14;

    private readonly IKernel _kernel;
    private readonly CgroupTable _cgroups;
    private readonly UndoJournal _undo;
    private readonly MemberList _members;
    private readonly Subject _subject;
    private readonly OtherThreads _others;
    private readonly int[] _known = new int[KnownPids];
    private int _newcomers;

    /// <summary>Whether the last sweep could not see everybody.</summary>
    private bool _hasMissed;

    public CgroupKiller(IKernel kernel, CgroupTable cgroups, UndoJournal undo, MemberList members)
    {
        _members = members;
        _kernel = kernel;
        _cgroups = cgroups;
        _undo = undo;
        _subject = new Subject(kernel);
        _others = new OtherThreads(kernel);
    }

    /// <summary>
    /// Whether the last KILL has met everybody that there was, so that nobody need be looked for again.
    /// </summary>
    public bool IsWhole { get; private set; }

    /// <summary>Asks every process in the cgroup and below to leave.</summary>
    /// <returns>0, or a negative errno.</returns>
    public int Term(CgroupSlot cgroup)
    {
        Array.Fill(_known, -1);
        return Math.Min(Sweep(cgroup, Signals.Term), 0);
    }

    /// <summary>Ends every process in the cgroup and below.</summary>
    /// <returns>0, or a negative errno.</returns>
    public int Kill(CgroupSlot cgroup)
    {
        IsWhole = true;
        int result = _kernel.WriteControl(cgroup.Directory, "cgroup.kill"u8, "1"u8);
        return result == -Errno.ENOENT ? KillFrozen(cgroup) : result;
    }

    /// <summary>Whether some process in the cgroup or below is on its way out at this moment.</summary>
    public bool IsLeaving(CgroupSlot cgroup)
    {
        foreach (CgroupSlot slot in _cgroups.Slots)
        {
            if (!slot.IsWithin(cgroup) || _members.Open(slot) < 0)
                continue;
            while (_members.TryNext(out int pid))
            {
                if (_subject.Load(pid, 0) >= 0 && _others.IsLeaving(pid, _subject.Stat))
                    return true;
            }
        }

        return false;
    }

    private int KillFrozen(CgroupSlot cgroup)
    {
        int record = _undo.Begin(cgroup.Identity, cgroup.Path, "cgroup.freeze"u8, "0"u8, "1"u8);
        bool frozen = record >= 0 && _kernel.WriteControl(cgroup.Directory, "cgroup.freeze"u8, "1"u8) >= 0;
        Array.Fill(_known, -1);
        int result = Sweep(cgroup, Signals.Kill);

        // The freeze takes a moment, in which a child may come into the list behind the sweep. It is not waited for: a
        // process that has been sent KILL forks no more, so once a list shows nobody new there is nobody else.
        long untilUsec = _kernel.NowUsec + SweepUsec;
        for (int sweep = 1; sweep < MaxSweeps && _newcomers > 0 && _kernel.NowUsec < untilUsec; sweep++)
            result = Math.Max(result, Sweep(cgroup, Signals.Kill));
        IsWhole = _newcomers == 0 && !_hasMissed;

        int thawed = frozen ? _kernel.WriteControl(cgroup.Directory, "cgroup.freeze"u8, "0"u8) : 0;
        if (thawed < 0 && !Errno.IsGone(thawed))
            _undo.Leave();
        else if (record >= 0)
            _undo.End(record);
        return Math.Min(result, 0);
    }

    /// <summary>Signals all that are listed now and are not known; they are then.</summary>
    /// <returns>How many were signalled, or a negative errno when nobody could be.</returns>
    private int Sweep(CgroupSlot cgroup, int signal)
    {
        int signalled = 0;
        int error = 0;
        _newcomers = 0;
        _hasMissed = false;
        foreach (CgroupSlot slot in _cgroups.Slots)
        {
            if (!slot.IsWithin(cgroup))
                continue;
            int listed = _members.Open(slot);

            // A threaded cgroup's processes are listed by the one above it at which the threads begin.
            bool isUnread = listed < 0 && !Errno.IsGone(listed) && listed != -Errno.EOPNOTSUPP;
            error = isUnread ? listed : error;
            _hasMissed |= isUnread || _members.IsTruncated;
            while (listed >= 0 && _members.TryNext(out int pid))
            {
                ref int known = ref _known[pid % KnownPids];
                if (known == pid)
                    continue;
                _newcomers++;
                int result = SignalPid(pid, cgroup, signal);

                // Who could not be reached for want of something of ours is still to be looked for.
                if (result >= 0 || Errno.IsGone(result) || result == -Errno.EPERM)
                    known = pid;
                signalled += result >= 0 ? 1 : 0;
                error = result < 0 && !Errno.IsGone(result) ? result : error;
            }
        }

        return signalled > 0 ? signalled : error;
    }

    private int SignalPid(int pid, CgroupSlot cgroup, int signal)
    {
        if (pid <= 1 || pid == _kernel.Features.OwnPid)
            return -Errno.EPERM;
        int process = _kernel.OpenProcess(pid);
        if (process < 0)
            return process;

        // The handle is held: if the pid is still in the victim now, it is one of those that were listed and no
        // newcomer elsewhere. It may have moved within the victim, and who is in a threaded cgroup is listed above it.
        int result = _subject.Load(pid, 0);
        if (result >= 0)
        {
            bool member = _subject.HasCgroup && PathPrefixes.IsWithin(_subject.Cgroup, cgroup.Path);
            result = member ? _kernel.Signal(process, signal) : -Errno.ESRCH;
        }

        _kernel.Close(process);
        return result;
    }
}
