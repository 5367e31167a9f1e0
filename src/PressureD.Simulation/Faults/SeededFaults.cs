using PressureD.Core.Kernel;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Faults;

/// <summary>
/// Faults drawn from a seed. Each kind of fault is first switched on or off for the whole run and given a rate, so that
/// runs differ in what plagues them and not only in when.
/// </summary>
public sealed class SeededFaults : IFaultPlan
{
    private readonly SeededSequence _draws;
    private readonly long[] _failOneIn;
    private readonly long _truncateOneIn;
    private readonly long _slowOneIn;
    private readonly long _lateOneIn;
    private readonly long _gapOneIn;
    private readonly long _stickOneIn;

    /// <param name="seed">Everything follows from it.</param>
    public SeededFaults(ulong seed)
    {
        _draws = new SeededSequence(seed, "faults");
        _failOneIn = new long[(int)KernelCallKind.Begin + 1];
        for (var kind = 0; kind < _failOneIn.Length; kind++) _failOneIn[kind] = Rate(oneRunIn: 2, rarest: 2000);
        _truncateOneIn = Rate(oneRunIn: 3, rarest: 5000);
        _slowOneIn = Rate(oneRunIn: 2, rarest: 20);
        _lateOneIn = Rate(oneRunIn: 2, rarest: 500);
        _gapOneIn = Rate(oneRunIn: 6, rarest: 2000);
        _stickOneIn = Rate(oneRunIn: 3, rarest: 8);
    }

    /// <summary>From now on nothing goes wrong any more: what was disturbed must recover.</summary>
    public bool Stopped { get; set; }

    /// <summary>Stops by itself at this moment of the monotonic clock.</summary>
    public long UntilUsec { get; init; } = long.MaxValue;

    public Fault OnCall(in KernelCall call)
    {
        Stopped |= call.NowUsec >= UntilUsec;
        if (Stopped) return default;
        if (call.Kind == KernelCallKind.Begin && _draws.OnceIn(_slowOneIn))
            return new Fault { DelayUsec = 1_000 + _draws.Below(3_000_000) };
        if (call.Kind is KernelCallKind.Read or KernelCallKind.ReadProcess && _draws.OnceIn(_truncateOneIn))
            return new Fault { TruncateToBytes = 1 + (int)_draws.Below(200) };
        return _draws.OnceIn(_failOneIn[(int)call.Kind]) ? new Fault { Errno = ErrnoFor(call.Kind) } : default;
    }

    public WakeFault OnWake(long nowUsec)
    {
        Stopped |= nowUsec >= UntilUsec;
        if (Stopped) return default;
        var late = _draws.OnceIn(_lateOneIn) ? 1_000 + _draws.Below(2_000_000) : 0;
        var gap = _draws.OnceIn(_gapOneIn) ? 100_000 + _draws.Below(30_000_000) : 0;
        return new WakeFault(late, gap);
    }

    public long StickUsec(SimulatedProcess victim) =>
        !Stopped && _draws.OnceIn(_stickOneIn) ? 10_000 + _draws.Below(15_000_000) : 0;

    private long Rate(long oneRunIn, long rarest) => _draws.OnceIn(oneRunIn) ? 1 + _draws.Below(rarest) : 0;

    // Only what the real call can answer. To say "gone" of what is there would end the care for it: what really goes
    // says so itself.
    private int ErrnoFor(KernelCallKind kind) => kind switch
    {
        KernelCallKind.OpenFile => Pick(Errno.ENOMEM, Errno.EMFILE, Errno.EACCES),
        KernelCallKind.Read => Pick(Errno.ENOMEM, Errno.EIO, Errno.ENOMEM),
        KernelCallKind.OpenDirectory => Pick(Errno.ENOMEM, Errno.EMFILE, Errno.EACCES),
        KernelCallKind.ListDirectories => Pick(Errno.ENOMEM, Errno.EMFILE, Errno.ENOMEM),
        KernelCallKind.WriteControl => Pick(Errno.ENOMEM, Errno.EACCES, Errno.EROFS),
        KernelCallKind.GetXattr => Pick(Errno.ENODATA, Errno.EOPNOTSUPP, Errno.ENODATA),
        KernelCallKind.SetXattr => Pick(Errno.EPERM, Errno.ENOSPC, Errno.EROFS),
        KernelCallKind.ListProcesses => Pick(Errno.ENOMEM, Errno.EMFILE, Errno.ENOMEM),
        KernelCallKind.ReadProcess => Pick(Errno.EACCES, Errno.ENOMEM, Errno.EACCES),
        KernelCallKind.OpenProcess => Pick(Errno.EMFILE, Errno.ENOMEM, Errno.EMFILE),
        KernelCallKind.Signal => Errno.EPERM,
        KernelCallKind.ArmTrigger => Pick(Errno.EINVAL, Errno.ENOMEM, Errno.EINVAL),
        KernelCallKind.Watch => Pick(Errno.ENOSPC, Errno.ENOMEM, Errno.ENOSPC),
        _ => Errno.EBUSY,
    };

    private int Pick(int first, int second, int third) =>
        _draws.Below(3) switch { 0 => first, 1 => second, _ => third };
}
