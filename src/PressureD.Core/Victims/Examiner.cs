using System;
using System.Text;
using PressureD.Core.Cgroups;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;

namespace PressureD.Core.Victims;

/// <summary>
/// Says of one process or cgroup whether it may be a victim at all: the list of those that never are, whatever a policy
/// says, and the policy's own protection.
/// </summary>
internal sealed class Examiner
{
    private const int OomScoreAdjMinimum = -1000;

    private static readonly string[] EventKeys = ["populated"];

    private readonly IKernel _kernel;
    private readonly KillFlights _flights;
    private readonly SessionLeaders _sessions;
    private readonly CostlyTexts _texts;
    private readonly KeyedReader _events = new(EventKeys);
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(ProcessTable.StatusBytes);
    private readonly byte[] _ownCgroup;
    private CompiledKill? _kill;
    private bool _mayWait;

    public Examiner(IKernel kernel, CgroupTable cgroups, KillFlights flights, Subject subject)
    {
        _kernel = kernel;
        _flights = flights;
        _sessions = new SessionLeaders(kernel, Shortage);
        _texts = new CostlyTexts(kernel);
        Xattrs = new CgroupXattrs(kernel, cgroups, Shortage);
        _ownCgroup = Encoding.UTF8.GetBytes(kernel.Features.OwnCgroup.TrimStart('/'));
        Subject = subject;
    }

    /// <summary>The process examined last.</summary>
    public Subject Subject { get; }

    /// <summary>What cgroups' attributes say.</summary>
    public CgroupXattrs Xattrs { get; }

    /// <summary>
    /// Whether the verdict waits for something that a worker reads, or that could not be read at this moment.
    /// </summary>
    public bool IsWaiting => _texts.IsWaiting || (_mayWait && Shortage.IsNoted);

    /// <summary>What a choice, from the list of candidates on, could not read.</summary>
    public Shortage Shortage { get; } = new();

    /// <summary>A selection, or the examination of one who was chosen, starts.</summary>
    /// <param name="kill">Whose matchers are asked.</param>
    /// <param name="match">The rule's match; null for the host.</param>
    /// <param name="nowUsec">The step's time.</param>
    /// <param name="mayWait">Whether to wait for what workers read, or cannot be read at this moment.</param>
    public void Begin(CompiledKill kill, CgroupSlot? match, long nowUsec, bool mayWait)
    {
        _kill = kill;
        _mayWait = mayWait;
        Shortage.Begin();
        _texts.BeginSelection(kill, nowUsec, mayWait);
        Xattrs.Begin(kill.Action.OomdXattrs, match);
    }

    /// <summary>Asks workers ahead of need for what matchers will ask of a process.</summary>
    public void Fetch(CompiledKill kill, int pid, uint uid)
    {
        if (Subject.Load(pid, uid) >= 0)
            _texts.Fetch(kill, Subject);
    }

    /// <summary>Whether a cgroup holds us: it is our cgroup or one above it.</summary>
    public bool HoldsUs(ReadOnlySpan<byte> path) =>
        _kernel.Features.OwnCgroup.Length > 0
        && _ownCgroup.AsSpan().StartsWith(path)
        && (path.IsEmpty || _ownCgroup.Length == path.Length || _ownCgroup[path.Length] == '/');

    /// <summary>The cgroup of a process; empty for the root, or when it is not known.</summary>
    public ReadOnlySpan<byte> CgroupOf(int pid)
    {
        if (Subject.LoadCgroup(pid) is < 0 and int result)
            RefusalOf(result);
        return Subject.Cgroup;
    }

    /// <summary>What it means for a candidate that something of it cannot be read.</summary>
    /// <param name="result">Negative: why.</param>
    public Refusal RefusalOf(int result)
    {
        if (Errno.IsGone(result))
            return Refusal.Gone;
        Shortage.Note(result);
        return Refusal.Unreadable;
    }

    /// <summary>
    /// Whether a process may be a victim, or lets the cgroup it is in be one. Everything is read now, after its start
    /// time: if the handle opened later has the same, then it is all of one process.
    /// </summary>
    public Refusal ExamineMember(int pid)
    {
        Subject.OomScoreAdj = 0;
        int result = Subject.Load(pid, 0);
        if (pid == 1)
            return Refusal.Init;
        if (pid == _kernel.Features.OwnPid)
            return Refusal.Ourselves;
        if (result < 0)
            return RefusalOf(result);
        if (Subject.Stat.IsKernelThread)
            return Refusal.KernelThread;
        if (Subject.Stat.HasEnded)
            return Refusal.Gone;
        Refusal refusal = ReadStanding(pid);
        if (refusal != Refusal.None)
            return refusal;
        if (Subject.OomScoreAdj == OomScoreAdjMinimum)
            return Refusal.OomScoreAdjMinimum;
        VictimIdentity identity = VictimIdentity.OfProcess(pid, Subject.Stat.StartTicks);
        if (_flights.IsDying(identity))
            return Refusal.AlreadyDying;
        refusal = _flights.Shunned.Of(identity, _kernel.NowUsec);
        if (refusal != Refusal.None)
            return refusal;
        if (Xattrs.Of(Subject.Cgroup) == OomdPreference.Omit)
            return Refusal.Omitted;
        return IsProtected() ? Refusal.Protected : Refusal.None;
    }

    /// <summary>
    /// Whether a process that read as gone is there all the same: a /proc that hides others' processes (hidepid=2)
    /// answers ENOENT for the living, and a handle can still be opened.
    /// </summary>
    public bool IsThere(int pid)
    {
        int process = _kernel.OpenProcess(pid);
        if (process < 0)
            return !Errno.IsGone(process);
        _kernel.Close(process);
        return Subject.Load(pid, 0) < 0 || !Subject.Stat.HasEnded;
    }

    /// <summary>Whether a process is on its way out at this moment, and not as a victim of ours.</summary>
    public bool IsLeaving(in Leaver leaver)
    {
        if (Subject.Load(leaver.Pid, 0) < 0)
            return false;
        ProcessStat stat = Subject.Stat;
        return stat.IsExiting && !stat.HasEnded && (leaver.StartTicks == 0 || leaver.StartTicks == stat.StartTicks)
            && !_flights.IsDying(VictimIdentity.OfProcess(leaver.Pid, stat.StartTicks));
    }

    /// <summary>Whether a process group has been sent KILL and is on its way out.</summary>
    public bool IsGroupDying(int group) => _flights.IsGroupDying(group);

    /// <summary>Reads the subject's user and oom_score_adj.</summary>
    private Refusal ReadStanding(int pid)
    {
        int length = _kernel.ReadProcess(pid, ProcessFile.Status, _buffer);
        if (length < 0)
            return RefusalOf(length);
        if (!ProcessStatusReader.TryRead(_buffer.AsSpan(0, length), out ProcessStatus status))
            return RefusalOf(-Errno.EIO);
        Subject.Uid = status.EffectiveUid;
        length = _kernel.ReadProcess(pid, ProcessFile.OomScoreAdj, _buffer);
        if (length < 0)
            return RefusalOf(length);
        if (!ValueReader.TryRead(_buffer.AsSpan(0, length), out long adj))
            return RefusalOf(-Errno.EIO);
        Subject.OomScoreAdj = (int)adj;
        return Refusal.None;
    }

    /// <summary>
    /// Whether a cgroup as such can be a victim: somebody lives in it, it is not dying already, and no protection names
    /// it.
    /// </summary>
    public Refusal ExamineCgroup(CgroupSlot cgroup)
    {
        VictimIdentity identity = VictimIdentity.OfCgroup(cgroup.Identity);
        if (_flights.IsDying(identity))
            return Refusal.AlreadyDying;
        Refusal shunned = _flights.Shunned.Of(identity, _kernel.NowUsec);
        if (shunned != Refusal.None)
            return shunned;
        int length = WholeFile.Read(_kernel, cgroup.Directory, "cgroup.events"u8, _buffer);
        if (length < 0)
            return RefusalOf(length);
        Span<long> populated = stackalloc long[1];
        _events.Read(_buffer.AsSpan(0, length), populated);
        if (populated[0] == 0)
            return Refusal.Gone;
        return AnyNames(_kill!.Protect, cgroup, unreadable: true) ? Refusal.Protected : Refusal.None;
    }

    /// <summary>
    /// What prefer and avoid say of a process by what a scan found of it; what only workers can read matches neither.
    /// </summary>
    public Leanings LeaningsOf(in ProcessEntry entry, ReadOnlySpan<byte> cgroup)
    {
        if (!_kill!.MayPrefer(entry.Uid))
            return Leanings.None;
        Subject.Take(entry, cgroup);
        _texts.IsSkipped = true;
        Leanings leanings = LeaningsOfSubject();
        _texts.IsSkipped = false;
        return leanings;
    }

    /// <summary>The same by what is read now, from workers as well. What cannot be read matches neither.</summary>
    public Leanings RefinedLeanings(in ProcessEntry entry)
    {
        if (Subject.Load(entry.Pid, entry.Uid) < 0)
            return Leanings.None;
        Subject.OomScoreAdj = entry.OomScoreAdj;
        return LeaningsOfSubject();
    }

    private Leanings LeaningsOfSubject() =>
        (AnyMatches(_kill!.Prefer, unreadable: false) ? Leanings.Preferred : Leanings.None)
        | (AnyMatches(_kill.Avoid, unreadable: false) ? Leanings.Avoided : Leanings.None);

    /// <summary>The same for a cgroup, by matchers that ask for cgroup or unit and for nothing of a process.</summary>
    public Leanings LeaningsOf(CgroupSlot cgroup) =>
        (AnyNames(_kill!.Prefer, cgroup, unreadable: false) ? Leanings.Preferred : Leanings.None)
        | (AnyNames(_kill.Avoid, cgroup, unreadable: false) ? Leanings.Avoided : Leanings.None);

    private bool IsProtected() => AnyMatches(_kill!.Protect, unreadable: true);

    private bool AnyNames(CompiledMatcher[] matchers, CgroupSlot cgroup, bool unreadable)
    {
        foreach (CompiledMatcher matcher in matchers)
        {
            if (matcher.IsMatch(cgroup.Path, Xattrs, unreadable))
                return true;
        }

        return false;
    }

    private bool AnyMatches(CompiledMatcher[] matchers, bool unreadable)
    {
        foreach (CompiledMatcher matcher in matchers)
        {
            if (matcher.IsMatch(Subject, _sessions, Xattrs, _texts, unreadable))
                return true;
        }

        return false;
    }
}
