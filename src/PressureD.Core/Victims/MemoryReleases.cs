using System;
using PressureD.Core.Cgroups;
using PressureD.Core.Durable;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;

namespace PressureD.Core.Victims;

/// <summary>
/// Has workers free what victims hold that were sent KILL (process_mrelease): of a process its own, of a cgroup or a
/// process group that of its largest processes, once each and one after the other.
/// </summary>
internal sealed class MemoryReleases
{
    /// <summary>So many processes of one victim.</summary>
    public const int MostOfOne = 4;

    /// <summary>
    /// Bigger processes are worth a second CPU for tearing their memory down (measured: a gain from about 2 GiB).
    /// </summary>
    private const long WorthwhileBytes = 2L << 30;

    /// <summary>So many processes of one victim are looked at in one step, which does not wait for more.</summary>
    private const int MostLooks = 1000;

    private readonly IKernel _kernel;
    private readonly CgroupTable _cgroups;
    private readonly MemberList _members;
    private readonly ProcessTable _processes;
    private readonly GroupKiller _groups;
    private readonly int[] _lateTickets = new int[RunLedger.MaxFlights * MostOfOne];
    private readonly byte[] _buffer = new byte[1024];

    /// <summary>
    /// Workers that are busy with it. One at a time: it can hang on a victim's lock, and the other worker has to thaw
    /// and to put back meanwhile.
    /// </summary>
    private int _underWay;

    private VictimIdentity _largest;
    private long _largestBytes;

    public MemoryReleases(
        IKernel kernel, CgroupTable cgroups, MemberList members, ProcessTable processes, GroupKiller groups)
    {
        _kernel = kernel;
        _cgroups = cgroups;
        _members = members;
        _processes = processes;
        _groups = groups;
        Array.Fill(_lateTickets, -1);
    }

    /// <summary>
    /// Right before KILL: looks for what is big enough for two CPUs. Afterwards the kernel may show it no more.
    /// </summary>
    public void FindBig(KillFlight flight)
    {
        _largestBytes = 0;
        if (_kernel.Features.ReleaseMemory && _underWay == 0 && flight.Victim.SizeBytes >= WorthwhileBytes)
            FindLargest(flight, WorthwhileBytes);
    }

    /// <summary>Right after KILL: frees what was found before it.</summary>
    public void BeginBig(KillFlight flight)
    {
        if (_largestBytes > 0)
            Begin(flight, _largest);
    }

    /// <summary>
    /// Frees what is still held: who hangs does not tear its own memory down, whatever its size; somebody else can.
    /// </summary>
    /// <returns>False when there may be more, to be looked for later.</returns>
    public bool BeginRest(KillFlight flight)
    {
        if (!_kernel.Features.ReleaseMemory || flight.ReleaseCount == MostOfOne)
            return true;
        if (_underWay > 0)
            return false;
        _largestBytes = 0;
        FindLargest(flight, 1);
        if (_largestBytes == 0)
            return true;
        Begin(flight, _largest);
        return false;
    }

    /// <summary>A worker is done.</summary>
    public void Notice(KillFlight flight, int ticket)
    {
        foreach (ref MemberRelease release in flight.Releases.AsSpan(0, flight.ReleaseCount))
        {
            if (release.Ticket == ticket)
                Finish(ref release);
        }
    }

    /// <summary>A worker is done that was asked for a victim that nobody waits for any more.</summary>
    public void NoticeLate(int ticket)
    {
        int place = Array.IndexOf(_lateTickets, ticket);
        if (place < 0)
            return;
        _kernel.Finish(ticket, default);
        _lateTickets[place] = -1;
        _underWay--;
    }

    /// <summary>Nobody waits for the victim any more.</summary>
    public void End(KillFlight flight)
    {
        foreach (ref MemberRelease release in flight.Releases.AsSpan(0, flight.ReleaseCount))
        {
            if (release.Ticket >= 0)
                Finish(ref release);
        }
    }

    private void Begin(KillFlight flight, VictimIdentity member)
    {
        int process = _kernel.OpenProcess(member.Pid);
        if (process < 0)
            return;

        // The handle is held: if the pid is the one that was found now, so is whom the handle names. The worker has a
        // handle of its own.
        bool isSame = TryRead(member.Pid, out ProcessStat stat) && stat.StartTicks == member.Mark;
        int ticket = isSame ? _kernel.Begin(BlockingOperation.ReleaseMemory(process)) : -Errno.ESRCH;
        _kernel.Close(process);
        if (ticket < 0)
            return;
        _underWay++;
        flight.Releases[flight.ReleaseCount++] = new MemberRelease(member, ticket);
    }

    private void FindLargest(KillFlight flight, long leastBytes)
    {
        int looks = 0;
        Victim victim = flight.Victim;
        if (victim.Cgroup is { } cgroup)
        {
            if (!victim.IsCgroupThere)
                return;
            foreach (CgroupSlot slot in _cgroups.Slots)
            {
                if (!slot.IsWithin(cgroup) || _members.Open(slot) < 0)
                    continue;
                while (_members.TryNext(out int pid))
                {
                    if (++looks > MostLooks)
                        return;
                    if (pid > 1 && TryRead(pid, out ProcessStat stat))
                        Offer(flight, VictimIdentity.OfProcess(pid, stat.StartTicks), SizeOf(stat), leastBytes);
                }
            }
        }
        else if (victim.Group != 0)
        {
            _processes.List(out ReadOnlySpan<int> pids);
            foreach (int pid in pids)
            {
                if (_groups.Find(pid, victim.Group, victim.Session, out ProcessStat stat) <= 0)
                    continue;
                if (++looks > MostLooks)
                    return;
                Offer(flight, VictimIdentity.OfProcess(pid, stat.StartTicks), SizeOf(stat), leastBytes);
            }
        }
        else
        {
            // It is the whole victim, however little of it is resident.
            Offer(flight, victim.Identity, leastBytes, leastBytes);
        }
    }

    private long SizeOf(in ProcessStat stat) => stat.RssPages * _kernel.Features.PageBytes;

    /// <summary>Takes one that is the largest so far and has not been released yet.</summary>
    private void Offer(KillFlight flight, VictimIdentity process, long bytes, long leastBytes)
    {
        if (bytes < leastBytes || bytes <= _largestBytes || IsBegun(flight, process))
            return;
        _largestBytes = bytes;
        _largest = process;
    }

    private static bool IsBegun(KillFlight flight, VictimIdentity process)
    {
        foreach (MemberRelease release in flight.Releases.AsSpan(0, flight.ReleaseCount))
        {
            if (release.Process == process)
                return true;
        }

        return false;
    }

    private void Finish(ref MemberRelease release)
    {
        // A worker that hangs elsewhere has not come to it: the ticket is given back when it has.
        int place = _kernel.Finish(release.Ticket, default) == -Errno.EAGAIN ? Array.IndexOf(_lateTickets, -1) : -1;
        if (place >= 0)
            _lateTickets[place] = release.Ticket;
        else
            _underWay--;
        release = release with { Ticket = -1 };
    }

    private bool TryRead(int pid, out ProcessStat stat) => StatFile.Read(_kernel, pid, _buffer, out stat) >= 0;
}
