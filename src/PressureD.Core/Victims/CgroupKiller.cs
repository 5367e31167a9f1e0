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
    /// <summary>Room for the processes of one cgroup: enough for a fork bomb that has hit pids.max.</summary>
    public const int ListBytes = 64 * 1024;

    public const int ListPids = 8 * 1024;

    private const int MaxSweeps = 8;

    private readonly IKernel _kernel;
    private readonly CgroupTable _cgroups;
    private readonly UndoJournal _undo;
    private readonly byte[] _buffer = new byte[ListBytes];
    private readonly int[] _pids = new int[ListPids];
    private readonly Subject _subject;

    public CgroupKiller(IKernel kernel, CgroupTable cgroups, UndoJournal undo)
    {
        _kernel = kernel;
        _cgroups = cgroups;
        _undo = undo;
        _subject = new Subject(kernel);
    }

    /// <summary>Asks every process in the cgroup and below to leave.</summary>
    /// <returns>0, or a negative errno.</returns>
    public int Term(CgroupSlot cgroup) => Math.Min(Sweep(cgroup, Signals.Term), 0);

    /// <summary>Ends every process in the cgroup and below.</summary>
    /// <returns>0, or a negative errno.</returns>
    public int Kill(CgroupSlot cgroup)
    {
        CountKill(cgroup);
        int result = _kernel.WriteControl(cgroup.Directory, "cgroup.kill"u8, "1"u8);
        return result == -Errno.ENOENT ? KillFrozen(cgroup) : result;
    }

    private int KillFrozen(CgroupSlot cgroup)
    {
        int record = _undo.Begin(cgroup.Identity, cgroup.Path, "cgroup.freeze"u8, "0"u8, "1"u8);
        bool frozen = record >= 0 && _kernel.WriteControl(cgroup.Directory, "cgroup.freeze"u8, "1"u8) >= 0;
        int result = 0;
        for (int sweep = 0; sweep < MaxSweeps; sweep++)
        {
            result = Sweep(cgroup, Signals.Kill);
            if (result <= 0 || frozen)
                break;
        }

        // A thaw that fails stays noted, so that whoever stops or starts next tries again.
        int thawed = frozen ? _kernel.WriteControl(cgroup.Directory, "cgroup.freeze"u8, "0"u8) : 0;
        if (record >= 0 && (thawed >= 0 || Errno.IsGone(thawed)))
            _undo.End(record);
        return Math.Min(result, 0);
    }

    /// <summary>Signals all that are listed now.</summary>
    /// <returns>How many were signalled, or a negative errno when nobody could be.</returns>
    private int Sweep(CgroupSlot cgroup, int signal)
    {
        int signalled = 0;
        int error = 0;
        foreach (CgroupSlot slot in _cgroups.Slots)
        {
            if (!slot.IsWithin(cgroup))
                continue;
            int file = _kernel.OpenFile(slot.Directory, "cgroup.procs"u8);
            if (file < 0)
                continue;
            int length = _kernel.Read(file, _buffer);
            _kernel.Close(file);
            if (length <= 0)
                continue;
            int count = NumberListReader.Read(_buffer.AsSpan(0, length), _pids, out _);
            for (int i = 0; i < count; i++)
            {
                int result = SignalPid(_pids[i], slot, signal);
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

        // The handle is held: if the pid is still a member now, it is the member that was listed and no newcomer
        // elsewhere.
        int result = _subject.Load(pid, 0);
        bool member = result >= 0 && _subject.HasCgroup && _subject.Cgroup.SequenceEqual(cgroup.Path);
        result = member ? _kernel.Signal(process, signal) : -Errno.ESRCH;
        _kernel.Close(process);
        return result;
    }

    /// <summary>
    /// systemd compares user.oomd_ooms of a unit's cgroup with what it last saw when the unit ends, and then counts the
    /// end as an out-of-memory kill (Result=oom-kill, OOMPolicy=). It must rise before the kill.
    /// </summary>
    private void CountKill(CgroupSlot cgroup)
    {
        ReadOnlySpan<byte> path = cgroup.Path;
        bool isUnit = path.EndsWith(".service"u8) || path.EndsWith(".scope"u8) || path.EndsWith(".slice"u8);
        if (!isUnit)
            return;
        Span<byte> text = stackalloc byte[24];
        int length = _kernel.GetXattr(cgroup.Directory, "user.oomd_ooms"u8, text);
        long count = length > 0 && ValueReader.TryRead(text[..length], out long old) ? old : 0;
        System.Buffers.Text.Utf8Formatter.TryFormat(count + 1, text, out int written);
        _kernel.SetXattr(cgroup.Directory, "user.oomd_ooms"u8, text[..written]);
    }
}
