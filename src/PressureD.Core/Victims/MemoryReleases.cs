using System;
using PressureD.Core.Cgroups;
using PressureD.Core.Durable;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;

namespace PressureD.Core.Victims;

/// <summary>
/// Has workers free what victims hold that were sent KILL (process_mrelease): of a process its own, of a cgroup or a
/// process group that of its largest processes, once each.
/// </summary>
internal sealed class MemoryReleases
{
    /// <summary>So many processes of one victim: there are two workers, and others need them too.</summary>
    public const int MostOfOne = 4;

    /// <summary>
    /// Bigger processes are worth a second CPU for tearing their memory down (measured: a gain from about 2 GiB).
    /// </summary>
    private const long WorthwhileBytes = 2L << 30;

    /// <summary>So many processes of a cgroup are looked at before KILL, which does not wait for more.</summary>
    private const int MostBefore = 1000;

    private readonly IKernel _kernel;
    private readonly CgroupTable _cgroups;
    private readonly MemberList _members;
    private readonly ProcessTable _processes;
    private readonly GroupKiller _groups;
    private readonly VictimIdentity[] _largest = new VictimIdentity[MostOfOne];
    private readonly long[] _largestBytes = new long[MostOfOne];
    private readonly int[] _lateTickets = new int[RunLedger.MaxFlights * MostOfOne];
    private readonly byte[] _buffer = new byte[1024];

    /// <summary>
    /// Workers that are busy with it. One at a time: it can hang on a victim's lock, and the other worker has to thaw
    /// and to put back meanwhile.
    /// </summary>
    private int _underWay;

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
        Array.Clear(_largestBytes);
        if (_kernel.Features.ReleaseMemory && flight.Victim.SizeBytes >= WorthwhileBytes)
            FindLargest(flight, WorthwhileBytes, MostBefore);
    }

    /// <summary>Right after KILL: frees what was found before it.</summary>
    public void BeginBig(KillFlight flight) => Begin(flight);

    /// <summary>
    /// Frees what is still held: who hangs does not tear its own memory down, whatever its size; somebody else can.
    /// </summary>
    /// <returns>False when workers are taken and it has to be tried again.</returns>
    public bool BeginRest(KillFlight flight)
    {
        Array.Clear(_largestBytes);
        if (_kernel.Features.ReleaseMemory)
            FindLargest(flight, 1, int.MaxValue);
        return Begin(flight);
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

    private bool Begin(KillFlight flight)
    {
        for (int i = 0; i < MostOfOne && _largestBytes[i] > 0 && flight.ReleaseCount < MostOfOne; i++)
        {
            if (Begin(flight, _largest[i]) == -Errno.EBUSY)
                return false;
        }

        return true;
    }

    private int Begin(KillFlight flight, VictimIdentity member)
    {
        if (_underWay > 0)
            return -Errno.EBUSY;
        int process = _kernel.OpenProcess(member.Pid);
        if (process < 0)
            return process;

        // The handle is held: if the pid is the one that was found now, so is whom the handle names. The worker has a
        // handle of its own.
        bool isSame = TryRead(member.Pid, out ProcessStat stat) && stat.StartTicks == member.Mark;
        int ticket = isSame ? _kernel.Begin(BlockingOperation.ReleaseMemory(process)) : -Errno.ESRCH;
        _kernel.Close(process);
        if (ticket < 0)
            return ticket;
        _underWay++;
        flight.Releases[flight.ReleaseCount++] = new MemberRelease(member, ticket);
        return ticket;
    }

    private void FindLargest(KillFlight flight, long leastBytes, int mostLooks)
    {
        Victim victim = flight.Victim;
        if (victim.Cgroup is { } cgroup)
        {
            if (!victim.IsCgroupThere)
                return;
            foreach (CgroupSlot slot in _cgroups.Slots)
            {
                if (!slot.IsWithin(cgroup) || _members.Open(slot) < 0)
                    continue;
                while (mostLooks > 0 && _members.TryNext(out int pid))
                {
                    mostLooks--;
                    if (pid > 1 && TryRead(pid, out ProcessStat stat))
                        Offer(flight, VictimIdentity.OfProcess(pid, stat.StartTicks), SizeOf(stat), leastBytes);
                }
            }
        }
        else if (victim.Group != 0)
        {
            foreach (int pid in _processes.List())
            {
                if (_groups.IsMember(pid, victim.Group, victim.Session) && TryRead(pid, out ProcessStat stat))
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

    /// <summary>Takes one that belongs to the four largest so far and has not been released yet.</summary>
    private void Offer(KillFlight flight, VictimIdentity process, long bytes, long leastBytes)
    {
        if (bytes < leastBytes || bytes <= _largestBytes[^1] || IsBegun(flight, process))
            return;
        int place = MostOfOne - 1;
        for (; place > 0 && _largestBytes[place - 1] < bytes; place--)
        {
            _largestBytes[place] = _largestBytes[place - 1];
            _largest[place] = _largest[place - 1];
        }

        _largestBytes[place] = bytes;
        _largest[place] = process;
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

    private bool TryRead(int pid, out ProcessStat stat)
    {
        int length = _kernel.ReadProcess(pid, ProcessFile.Stat, _buffer);
        stat = default;
        return length > 0 && ProcessStatReader.TryRead(_buffer.AsSpan(0, length), out stat);
    }
}
