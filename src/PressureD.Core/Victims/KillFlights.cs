using System;
using PressureD.Core.Cgroups;
using PressureD.Core.Durable;
using PressureD.Core.Engine;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Readers;
using PressureD.Core.Sampling;

namespace PressureD.Core.Victims;

/// <summary>
/// The victims between first signal and settled account: signals them by handle, escalates, notices their death, and
/// says how much of what they hold may be counted on already.
/// </summary>
internal sealed class KillFlights
{
    /// <summary>
    /// How long after KILL a victim's memory counts as available. Dying costs 0.07 to 0.1 ms a MiB on current machines,
    /// so half a second covers 5 GiB; a victim that takes longer is no longer sure to die soon.
    /// </summary>
    public const long CreditUsec = 500_000;

    /// <summary>Memory comes back after the last task is gone; then the account is drawn.</summary>
    private const long SettleUsec = 200_000;

    /// <summary>Twice the time in which what a victim holds is counted on.</summary>
    private const long HangUsec = 2 * CreditUsec;

    /// <summary>
    /// So many places are left for KILL: whoever was asked to leave can keep one for all of its grace, and that must
    /// not hold up a rule that cannot wait.
    /// </summary>
    private const int PlacesForKill = 3;

    /// <summary>
    /// After so long nobody waits for a victim, however it comes apart: at the slowest that is known, 1 ms a MiB on an
    /// emulated machine, 10 GiB have come back by then. earlyoom waits as long.
    /// </summary>
    private const long ResistUsec = 10_000_000;

    /// <summary>Whom the previous process left is looked for so many times while we are short of something.</summary>
    private const int MostTries = 5;

    /// <summary>Workers that are all taken are asked again this often for what a victim holds.</summary>
    private const long BusyUsec = 500_000;

    private static readonly string[] EventKeys = ["populated"];

    private readonly IKernel _kernel;
    private readonly RunLedger _ledger;
    private readonly CgroupKiller _cgroupKiller;
    private readonly GroupKiller _groupKiller;
    private readonly OtherThreads _others;
    private readonly OomdCounters _counters;
    private readonly Teardown _teardown;
    private readonly MemoryReleases _releases;
    private readonly KillFlight[] _flights = new KillFlight[RunLedger.MaxFlights];
    private readonly KeyedReader _events = new(EventKeys);
    private readonly byte[] _buffer = new byte[4096];

    public KillFlights(
        IKernel kernel,
        RunLedger ledger,
        CgroupKiller cgroupKiller,
        GroupKiller groupKiller,
        OomdCounters counters,
        Teardown teardown,
        MemoryReleases releases)
    {
        _releases = releases;
        _teardown = teardown;
        _groupKiller = groupKiller;
        _others = new OtherThreads(kernel);
        _counters = counters;
        _kernel = kernel;
        _ledger = ledger;
        _cgroupKiller = cgroupKiller;
        for (int i = 0; i < _flights.Length; i++)
            _flights[i] = new KillFlight();
    }

    public ReadOnlySpan<KillFlight> All => _flights;

    /// <summary>
    /// When somebody was signalled last, CLOCK_MONOTONIC; 0: never. Whom anybody would have chosen until then may be on
    /// the way out.
    /// </summary>
    public long SignalledUsec { get; private set; }

    /// <summary>Who is passed over because its kill came to nothing.</summary>
    public ShunnedVictims Shunned { get; } = new();

    /// <summary>
    /// Whether a victim that was sent KILL is on its way out: within the last half second it was sent, or it was seen
    /// to shrink.
    /// </summary>
    public bool AnyDying(long nowUsec)
    {
        foreach (KillFlight flight in _flights)
        {
            if (flight.Stage == FlightStage.Kill && !Hangs(flight, nowUsec, CreditUsec))
                return true;
        }

        return false;
    }

    /// <summary>Whether somebody who was asked to leave is doing so at this moment.</summary>
    public bool AnyLeaving()
    {
        foreach (KillFlight flight in _flights)
        {
            if (flight.Stage == FlightStage.Term && (IsDead(flight) || IsLeavingInPart(flight)))
                return true;
        }

        return false;
    }

    /// <summary>
    /// Whether a rule's match waits for a victim. It does not wait longer for one that hangs in the kernel after KILL:
    /// the pressure goes on meanwhile.
    /// </summary>
    public bool IsFlying(MatchState match, long nowUsec)
    {
        foreach (KillFlight flight in _flights)
        {
            if (!ReferenceEquals(flight.Match, match))
                continue;
            if (flight.Stage == FlightStage.Term
                || (flight.Stage == FlightStage.Kill && !Hangs(flight, nowUsec, HangUsec)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether KILL has had no visible effect for a time, or not enough of one for very long.</summary>
    private static bool Hangs(KillFlight flight, long nowUsec, long patienceUsec) =>
        nowUsec - Math.Max(flight.KillUsec, flight.ShrankUsec) >= patienceUsec
        || nowUsec - flight.KillUsec >= ResistUsec;

    /// <summary>Whether a process or cgroup has been sent KILL and is on its way out.</summary>
    public bool IsDying(VictimIdentity identity) =>
        Find(identity) is { Stage: FlightStage.Kill or FlightStage.Settling };

    public bool IsGroupDying(int group) =>
        FindGroup(group) is { Stage: FlightStage.Kill or FlightStage.Settling };

    /// <summary>The flight that a chosen victim has already; null when it has none.</summary>
    public KillFlight? Find(Victim victim) => victim.Group != 0 ? FindGroup(victim.Group) : Find(victim.Identity);

    private KillFlight? FindGroup(int group)
    {
        foreach (KillFlight flight in _flights)
        {
            if (flight.Stage != FlightStage.Free && flight.Victim.Group == group)
                return flight;
        }

        return null;
    }

    private KillFlight? Find(VictimIdentity identity)
    {
        foreach (KillFlight flight in _flights)
        {
            if (flight.Stage != FlightStage.Free && flight.Victim.Identity == identity && flight.Victim.Group == 0)
                return flight;
        }

        return null;
    }

    /// <summary>Victims that are dead and whose account is not drawn yet.</summary>
    public int CountSettling()
    {
        int count = 0;
        foreach (KillFlight flight in _flights)
            count += flight.Stage == FlightStage.Settling ? 1 : 0;
        return count;
    }

    /// <summary>A place for one more victim; null when all are taken.</summary>
    public KillFlight? Free()
    {
        foreach (KillFlight flight in _flights)
        {
            if (flight.Stage == FlightStage.Free)
                return flight;
        }

        return null;
    }

    /// <summary>Whether one more victim may be sent a signal.</summary>
    public bool HasPlaceFor(int signal)
    {
        int places = 0;
        foreach (KillFlight flight in _flights)
            places += flight.Stage == FlightStage.Free ? 1 : 0;
        return places > (signal == Signals.Kill ? 0 : PlacesForKill);
    }

    /// <summary>
    /// Opens the victim's handle, makes sure that it still names the one that was chosen and that we may signal it.
    /// Nothing is sent.
    /// </summary>
    /// <returns>0, or a negative errno (ESRCH: it is another one by now).</returns>
    public int Open(KillFlight flight)
    {
        Victim victim = flight.Victim;
        if (victim.Cgroup is { } cgroup)
        {
            if (!victim.IsCgroupThere)
                return -Errno.ESRCH;
            flight.Descriptor = _kernel.OpenFile(cgroup.Directory, "cgroup.events"u8);
            if (flight.Descriptor < 0)
                return flight.Descriptor;
            _kernel.Read(flight.Descriptor, _buffer);
            _kernel.Watch(flight.Descriptor);
            return 0;
        }

        flight.Descriptor = _kernel.OpenProcess(victim.Pid);
        if (flight.Descriptor < 0)
            return flight.Descriptor;
        int result = ReadStat(victim.Identity, out _);
        if (result >= 0)
            result = _kernel.Signal(flight.Descriptor, Signals.Probe);
        if (result < 0)
        {
            Discard(flight);
            return result;
        }

        // Without a watch the death is noticed at the next look, 50 ms later at most: no reason to let the victim live.
        _kernel.Watch(flight.Descriptor);
        return 0;
    }

    /// <summary>Gives back what <see cref="Open"/> took; whom it was about stays known.</summary>
    public void Discard(KillFlight flight)
    {
        if (flight.Descriptor >= 0)
            _kernel.Close(flight.Descriptor);
        flight.Clear();
    }

    /// <summary>Sends the first signal.</summary>
    /// <returns>0, or a negative errno, after which the flight is discarded.</returns>
    public int Launch(KillFlight flight, int signal, long graceUsec, long nowUsec, in HostMemory memory)
    {
        SignalledUsec = nowUsec;
        flight.SignalUsec = nowUsec;
        flight.Before = memory;
        flight.BeforeUsec = nowUsec;
        flight.GraceUsec = graceUsec;
        flight.Stage = FlightStage.Term;
        Note(flight);
        flight.CountsForUnit = _counters.CountOom(flight.Victim);
        int result = signal == Signals.Kill ? SendKill(flight, nowUsec, memory.AvailableBytes) : SendTerm(flight);
        if (result >= 0)
            return 0;
        _ledger.ClearFlight(IndexOf(flight));
        Discard(flight);
        return result;
    }

    /// <summary>Turns a TERM into a KILL.</summary>
    /// <param name="flight">One that was sent TERM.</param>
    /// <param name="nowUsec">The step's time.</param>
    /// <param name="memory">The machine's: what the victim and others took in its grace is not what its death frees or
    /// does not free.</param>
    /// <returns>
    /// 0, or a negative errno. Who is there and could not be sent it has been sent TERM as before.
    /// </returns>
    public int Escalate(KillFlight flight, long nowUsec, in HostMemory memory)
    {
        SignalledUsec = nowUsec;
        flight.Before = memory;
        flight.BeforeUsec = nowUsec;
        int result = SendKill(flight, nowUsec, memory.AvailableBytes);
        if (result < 0 && !Errno.IsGone(result))
        {
            flight.Stage = FlightStage.Term;
            flight.KillUsec = 0;
            Note(flight);
        }

        return result;
    }

    /// <summary>Shortens the grace of a TERM, for a rule that has come to want the same victim.</summary>
    public void TakeOver(KillFlight flight, long graceUsec)
    {
        flight.GraceUsec = graceUsec;
        Note(flight);
    }

    /// <summary>Sends again a KILL of which it is not known whether it was sent.</summary>
    /// <returns>0, or a negative errno, after which it is as unknown as before.</returns>
    public int Repeat(KillFlight flight)
    {
        _releases.FindBig(flight);
        int result = SignalKill(flight);
        flight.IsKillUnsure = result < 0 && !Errno.IsGone(result);
        if (result >= 0)
            _releases.BeginBig(flight);
        return result;
    }

    /// <summary>Gives the victim up; it lives on.</summary>
    public void Leave(KillFlight flight) => End(flight);

    /// <summary>
    /// What dying victims still hold, which counts as available for <see cref="CreditUsec"/> after KILL, or after one
    /// that got TERM was seen to leave.
    /// </summary>
    public long CreditBytes(long nowUsec, long availableBytes)
    {
        long credit = 0;
        foreach (KillFlight flight in _flights)
        {
            bool counts = flight.Stage is FlightStage.Kill or FlightStage.Settling
                && flight.KillUsec != 0 && nowUsec - flight.KillUsec < CreditUsec;
            if (!counts)
                continue;
            if (flight.AvailableAtKillBytes == Quantity.Unknown)
                continue;
            long returned = Math.Max(availableBytes - flight.AvailableAtKillBytes, 0);
            credit += Math.Max(flight.Victim.SizeBytes - returned, 0);
        }

        return credit;
    }

    /// <summary>Takes an event of the wait.</summary>
    public void Notice(WaitEvent waitEvent)
    {
        if (waitEvent.Kind == WaitKind.Ticket)
            _releases.NoticeLate(waitEvent.Descriptor);
        foreach (KillFlight flight in _flights)
        {
            if (flight.Stage == FlightStage.Free)
                continue;
            if (waitEvent.Kind == WaitKind.Ticket)
                _releases.Notice(flight, waitEvent.Descriptor);
            else if (waitEvent.Kind == WaitKind.Exit && flight.Descriptor == waitEvent.Descriptor
                && flight.Victim.Group == 0)
                flight.DeadUsec = _kernel.NowUsec;
        }
    }

    /// <summary>Looks at one flight and moves it on.</summary>
    /// <param name="flight">Not a free one.</param>
    /// <param name="nowUsec">The step's time.</param>
    /// <param name="pressed">Whether the rule that killed still holds; without it a TERM is not escalated.</param>
    /// <param name="memory">The machine's.</param>
    public FlightOutcome Advance(KillFlight flight, long nowUsec, bool pressed, in HostMemory memory)
    {
        if (flight.Stage == FlightStage.Settling)
            return Settle(flight, nowUsec, memory);
        if (IsDead(flight))
        {
            flight.Stage = FlightStage.Settling;
            if (flight.CountsForUnit)
                _counters.CountKilled(flight.Victim);
            if (flight.DeadUsec == 0)
                flight.DeadUsec = nowUsec;
            return FlightOutcome.Died;
        }

        // Whoever was forked while the others were signalled is still there.
        bool mayHaveEscaped = flight.Victim.Group != 0 || flight.MayHaveEscaped;
        if (flight.Stage == FlightStage.Kill && mayHaveEscaped && !flight.IsKillUnsure)
            SignalKill(flight);
        if (flight.IsKillUnsure)
            return FlightOutcome.Due;
        if (flight.Stage == FlightStage.Term && IsLeaving(flight))
        {
            // It obeys. What it holds is on its way as after KILL, and nobody else has to go for that.
            BeginDeath(flight, nowUsec, memory.AvailableBytes);
        }

        if (flight.Stage == FlightStage.Term && nowUsec - flight.SignalUsec >= flight.GraceUsec)
        {
            if (pressed)
                return FlightOutcome.Due;

            if (nowUsec - flight.SignalUsec < flight.GraceUsec + ResistUsec)
                return FlightOutcome.Flying;
            End(flight);
            return FlightOutcome.Left;
        }

        if (flight.Stage == FlightStage.Kill && nowUsec >= flight.ReleaseUsec)
            flight.ReleaseUsec = _releases.BeginRest(flight) ? long.MaxValue : nowUsec + BusyUsec;

        // Most are dead before anybody would need to know whether they come apart.
        if (flight.Stage == FlightStage.Kill
            && nowUsec - Math.Max(flight.KillUsec, flight.ShrankUsec) >= CreditUsec / 2)
        {
            _teardown.Look(flight, nowUsec);
        }

        if (flight.Stage == FlightStage.Kill
            && nowUsec - flight.KillUsec >= ResistUsec && nowUsec - flight.ShrankUsec >= CreditUsec)
        {
            Shunned.AddResisted(flight.Victim.Identity);
            End(flight);
            return FlightOutcome.Resisted;
        }

        return FlightOutcome.Flying;
    }

    /// <summary>When some flight must be looked at again; unlimited when none flies.</summary>
    public long NextDeadlineUsec(long nowUsec)
    {
        long deadline = long.MaxValue;
        foreach (KillFlight flight in _flights)
        {
            long due = flight.Stage switch
            {
                FlightStage.Term => Math.Max(flight.SignalUsec + flight.GraceUsec, nowUsec + 100_000),
                FlightStage.Kill => nowUsec + 50_000,
                FlightStage.Settling => flight.DeadUsec + SettleUsec,
                _ => long.MaxValue,
            };
            deadline = Math.Min(deadline, due);
        }

        return deadline;
    }

    /// <summary>Takes over the victims that a previous process of this boot left in flight.</summary>
    /// <returns>How many.</returns>
    public int Restore(CgroupTable cgroups)
    {
        int restored = 0;
        for (int i = 0; i < _flights.Length; i++)
        {
            if (!_ledger.TryReadFlight(i, out FlightRecord record))
                continue;
            KillFlight flight = _flights[i];
            int result = FindAgain(flight, record, cgroups);
            for (int tries = 1; tries < MostTries && Errno.IsPassing(result); tries++)
                result = FindAgain(flight, record, cgroups);
            if (result < 0)
            {
                Discard(flight);
                _ledger.ClearFlight(i);
                continue;
            }

            flight.Stage = record.KillUsec == 0 ? FlightStage.Term : FlightStage.Kill;
            flight.SignalUsec = record.SignalUsec;
            flight.KillUsec = record.KillUsec;
            flight.ReleaseUsec = record.KillUsec + CreditUsec;
            flight.GraceUsec = record.GraceUsec;
            flight.BelongTo(record.RuleHash, record.ActionIndex);
            flight.IsAsked = flight.IsNamed;
            flight.IsKillUnsure = record.KillUsec != 0;

            // What was free before the signal is not known any more, so its death says nothing about the brake.
            flight.Before = HostMemory.Unknown;
            flight.AvailableAtKillBytes = Quantity.Unknown;
            flight.RemainingBytes = record.ExpectedBytes;
            restored++;
        }

        return restored;
    }

    private int FindAgain(KillFlight flight, in FlightRecord record, CgroupTable cgroups)
    {
        Victim victim = flight.Victim;
        victim.Clear();
        victim.Identity = record.Identity;
        victim.Group = record.Group;
        victim.SizeBytes = record.ExpectedBytes;
        int result = victim.Identity.IsCgroup ? FindCgroup(victim, cgroups) : FindProcess(victim);
        return result < 0 ? result : Open(flight);
    }

    private int FindProcess(Victim victim)
    {
        int result = StatFile.Read(_kernel, victim.Pid, _buffer, out ProcessStat stat);
        if (result < 0)
            return result;
        if (victim.Group != 0 && victim.Group != stat.ProcessGroup)
            return -Errno.ESRCH;
        victim.Session = stat.Session;
        victim.Kind = victim.Group != 0 ? VictimKind.ProcessGroup : VictimKind.Process;
        victim.Comm.Append(_buffer.AsSpan(stat.CommOffset, stat.CommLength));
        ReadWhose(victim);
        return 0;
    }

    private static int FindCgroup(Victim victim, CgroupTable cgroups)
    {
        if (cgroups.Slots.Length == 0 || cgroups.IsLacking)
            cgroups.Refresh();
        foreach (CgroupSlot slot in cgroups.Slots)
        {
            if (slot.Identity != victim.Identity.Mark)
                continue;
            victim.Kind = VictimKind.Cgroup;
            victim.Cgroup = slot;
            victim.Path.Append(slot.Path);
            return 0;
        }

        return cgroups.IsLacking ? -Errno.EAGAIN : -Errno.ENOENT;
    }

    /// <summary>For what is said of it: one that is almost gone may no longer have it.</summary>
    private void ReadWhose(Victim victim)
    {
        int length = _kernel.ReadProcess(victim.Pid, ProcessFile.Status, _buffer);
        if (length > 0 && ProcessStatusReader.TryRead(_buffer.AsSpan(0, length), out ProcessStatus status))
            victim.Uid = status.EffectiveUid;
        length = _kernel.ReadProcess(victim.Pid, ProcessFile.Cgroup, _buffer);
        if (length > 0 && ProcessCgroupReader.TryRead(_buffer.AsSpan(0, length), out ReadOnlySpan<byte> path))
            victim.Path.Append(path);
    }

    private FlightOutcome Settle(KillFlight flight, long nowUsec, in HostMemory memory)
    {
        if (nowUsec - flight.DeadUsec < SettleUsec)
            return FlightOutcome.Flying;

        // Others went on taking memory in the meantime; at the pace from before the kill, that much.
        long elapsedUsec = nowUsec - flight.BeforeUsec;
        long takenBytes = (long)((Int128)flight.ConsumptionBytesPerSecond * elapsedUsec / 1_000_000);
        long freedBytes = memory.FreedSince(flight.Before);
        flight.FreedBytes = freedBytes == Quantity.Unknown ? freedBytes : Math.Max(freedBytes + takenBytes, 0);
        End(flight);
        return FlightOutcome.Settled;
    }

    private bool IsDead(KillFlight flight)
    {
        if (flight.DeadUsec != 0)
            return true;
        if (flight.Victim.Group != 0)
            return !_groupKiller.IsAlive(flight.Victim.Group, flight.Victim.Session);
        if (!flight.Victim.Identity.IsCgroup)
            return _kernel.Signal(flight.Descriptor, Signals.Probe) == -Errno.ESRCH || IsZombie(flight.Victim);
        int length = _kernel.Read(flight.Descriptor, _buffer);
        if (length < 0)
            return Errno.IsGone(length);
        Span<long> populated = stackalloc long[1];
        _events.Read(_buffer.AsSpan(0, length), populated);
        return populated[0] == 0;
    }

    /// <summary>A parent that never reaps keeps the pid taken; the memory is gone all the same.</summary>
    private bool IsZombie(Victim victim) => ReadStat(victim.Identity, out ProcessStat stat) >= 0 && stat.HasEnded;

    /// <summary>On its way out, its memory no longer shown and not all given back yet.</summary>
    private bool IsLeaving(KillFlight flight) =>
        !flight.Victim.Identity.IsCgroup && flight.Victim.Group == 0 && IsLeaving(flight.Victim);

    private bool IsLeaving(Victim victim) =>
        ReadStat(victim.Identity, out ProcessStat stat) >= 0 && _others.IsLeaving(victim.Pid, stat);

    private bool IsLeavingInPart(KillFlight flight)
    {
        Victim victim = flight.Victim;
        if (victim.Cgroup is { } cgroup)
            return victim.IsCgroupThere && _cgroupKiller.IsLeaving(cgroup);
        return victim.Group != 0
            ? _groupKiller.IsLeaving(victim.Group, victim.Session)
            : IsLeaving(victim);
    }

    /// <returns>0, or a negative errno: ESRCH when it is another one of its number.</returns>
    private int ReadStat(VictimIdentity process, out ProcessStat stat)
    {
        int result = StatFile.Read(_kernel, process.Pid, _buffer, out stat);
        return result >= 0 && stat.StartTicks != process.Mark ? -Errno.ESRCH : result;
    }

    private int SendTerm(KillFlight flight) => flight.Victim.Cgroup is { } cgroup ? _cgroupKiller.Term(cgroup)
        : flight.Victim.Group != 0 ? _groupKiller.Term(flight.Victim.Group, flight.Victim.Session)
        : _kernel.Signal(flight.Descriptor, Signals.Term);

    private int SendKill(KillFlight flight, long nowUsec, long availableBytes)
    {
        BeginDeath(flight, nowUsec, availableBytes);
        _releases.FindBig(flight);
        int result = SignalKill(flight);
        if (result >= 0)
            _releases.BeginBig(flight);
        return result;
    }

    private void BeginDeath(KillFlight flight, long nowUsec, long availableBytes)
    {
        flight.KillUsec = nowUsec;
        flight.ReleaseUsec = nowUsec + CreditUsec;
        flight.RemainingBytes = flight.Victim.SizeBytes;
        flight.ExitTicks = 0;
        flight.ShrankUsec = 0;
        flight.AvailableAtKillBytes = availableBytes;
        flight.Stage = FlightStage.Kill;
        Note(flight);
    }

    private int SignalKill(KillFlight flight)
    {
        if (flight.Victim.Cgroup is { } cgroup)
            return flight.Victim.IsCgroupThere ? SignalKill(flight, cgroup) : -Errno.ENOENT;
        if (flight.Victim.Group != 0)
            return _groupKiller.Kill(flight.Victim.Group, flight.Victim.Session);
        return _kernel.Signal(flight.Descriptor, Signals.Kill);
    }

    private int SignalKill(KillFlight flight, CgroupSlot cgroup)
    {
        int result = _cgroupKiller.Kill(cgroup);

        // One by one, a child can come into the list just behind the last look at it: only a later look that finds
        // nobody is the last, so that whoever enters the cgroup after that is left alone.
        flight.MayHaveEscaped = !_kernel.Features.CgroupKill && (!_cgroupKiller.IsWhole || !flight.MayHaveEscaped);
        return result;
    }

    /// <summary>It flies no more. What there is to say of it is said before it is cleared.</summary>
    private void End(KillFlight flight)
    {
        _ledger.ClearFlight(IndexOf(flight));
        _releases.End(flight);
        if (flight.Descriptor >= 0)
            _kernel.Close(flight.Descriptor);
        flight.Descriptor = -1;
        flight.Stage = FlightStage.Free;
    }

    private void Note(KillFlight flight) => _ledger.WriteFlight(IndexOf(flight), new FlightRecord
    {
        Identity = flight.Victim.Identity,
        Group = flight.Victim.Group,
        SignalUsec = flight.SignalUsec,
        KillUsec = flight.KillUsec,
        GraceUsec = flight.GraceUsec,
        ExpectedBytes = flight.Victim.SizeBytes,
        RuleHash = flight.RuleHash,
        ActionIndex = flight.ActionIndex,
    });

    private int IndexOf(KillFlight flight) => Array.IndexOf(_flights, flight);
}
