using PressureD.Simulation.Machine;
using PressureD.Simulation.Pressure;

namespace PressureD.Simulation.Workloads;

/// <summary>
/// Holds a cache in private memory and obeys memory pressure: it watches a pressure file as services do that systemd
/// gives MEMORY_PRESSURE_WATCH, and a while after an event lets go of a share of the cache.
/// </summary>
public sealed class ReactiveWorkload : Workload
{
    /// <summary>MemoryPressureThresholdSec is of two seconds, the least that is granted without privilege.</summary>
    public const long WindowUsec = 2_000_000;

    private MemoryRegion _cache = null!;
    private PsiGroup _watched = null!;
    private PsiTrigger? _trigger;
    private Rate _fillRate;
    private long _shedsAtUsec = long.MaxValue;
    private long _fillsFromUsec;

    public required long SizeBytes { get; init; }

    /// <summary>How fast it is filled, by a process that never waits; 0: as fast as it can.</summary>
    public long FillBytesPerSecond { get; init; }

    /// <summary>Millionths of the cache that an event has it let go of.</summary>
    public long ShedMillionths { get; init; } = 500_000;

    /// <summary>From an event to letting go.</summary>
    public long DelayUsec { get; init; } = 100_000;

    /// <summary>Stall of some within the window that is an event.</summary>
    public long StallUsec { get; init; } = 200_000;

    /// <summary>Watches the machine's pressure instead of its cgroup's.</summary>
    public bool WatchesMachine { get; init; }

    /// <summary>How long after letting go it begins to fill the cache again.</summary>
    public long PauseUsec { get; init; } = 10_000_000;

    /// <summary>How often it has let go.</summary>
    public int Sheds { get; private set; }

    public override void Begin(SimulatedMachine machine, SimulatedProcess process)
    {
        _cache = machine.MapRegion(process, RegionKind.Anon);
        _fillRate = new Rate(Pages.FromBytes(FillBytesPerSecond));
        _watched = WatchesMachine ? machine.Root.Pressure : process.Cgroup.Pressure;

        // A kernel that refuses the trigger leaves it without news, as one without PSI does.
        var profile = machine.Options.Profile;
        var isRoot = process.Options.Uid == 0;
        if (!profile.Psi || (!isRoot && !profile.UnprivilegedTriggers)) return;
        _trigger = _watched.Arm(
            PsiState.MemorySome, StallUsec * 1000, WindowUsec * 1000, isRoot, machine.NowUsec * 1000);
    }

    public override void Tick(TaskTick task)
    {
        if (_trigger is { } trigger && trigger.Consume() && _shedsAtUsec == long.MaxValue)
            _shedsAtUsec = task.NowUsec + DelayUsec;
        if (task.NowUsec >= _shedsAtUsec) Shed(task);
        if (task.NowUsec < _fillsFromUsec) return;
        var missing = Pages.FromBytes(SizeBytes) - _cache.SizePages;
        if (FillBytesPerSecond > 0) missing = long.Min(missing, _fillRate.Take(task.RemainingNsec / 1000));
        if (missing > 0) task.Allocate(_cache, missing);
    }

    public override void End(SimulatedMachine machine, SimulatedProcess process)
    {
        if (_trigger is { } trigger) _watched.Disarm(trigger);
    }

    private void Shed(TaskTick task)
    {
        var pages = FixedPoint.Part(_cache.SizePages, ShedMillionths, 1_000_000);
        task.Machine.GiveBack(_cache, pages);
        task.Run(pages * task.Machine.Options.Costs.FreeNsec);
        Sheds++;
        _shedsAtUsec = long.MaxValue;
        _fillsFromUsec = task.NowUsec + PauseUsec;
    }
}
