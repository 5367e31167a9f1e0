using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Workloads;

/// <summary>
/// Allocates private memory at a rate, constant or changing, and never gives it back; it touches it once, or goes on
/// using a share of it.
/// </summary>
public sealed class LeakWorkload : Workload
{
    // It allocates evenly over a tick: all at once would have it wait for the rest of every tick.
    private const long SliceUsec = SimulatedMachine.TickUsec / 8;

    // What is not touched again within five seconds counts as cold.
    private const long UsedAgainWithinSeconds = 5;
    private const long TouchNsec = 300;

    private MemoryRegion _region = null!;
    private MemoryRegion? _used;
    private RateCurve _curve = null!;
    private Rate _rate;
    private Rate _touches;
    private long _sharePages;

    /// <summary>The rate at the beginning.</summary>
    public required long BytesPerSecond { get; init; }

    /// <summary>How it changes to <see cref="FinalBytesPerSecond"/>.</summary>
    public LeakShape Shape { get; init; }

    /// <summary>The rate after <see cref="OverUsec"/>.</summary>
    public long FinalBytesPerSecond { get; init; }

    public long OverUsec { get; init; }

    /// <summary>Millionths of the memory that go on being used: each page within five seconds.</summary>
    public long UsedMillionths { get; init; }

    /// <summary>Where it stops and holds what it has; 0: never.</summary>
    public long CeilingBytes { get; init; }

    /// <summary>Waits so long before it begins.</summary>
    public long DelayUsec { get; init; }

    public override void Begin(SimulatedMachine machine, SimulatedProcess process)
    {
        _region = machine.MapRegion(process, RegionKind.Anon);
        if (UsedMillionths > 0) _used = machine.MapRegion(process, RegionKind.Anon);
        var first = Pages.FromBytes(BytesPerSecond);
        _curve = new RateCurve(Shape, first, Pages.FromBytes(FinalBytesPerSecond), OverUsec);
        _rate = new Rate(first);
    }

    public override void Tick(TaskTick task)
    {
        var beganUsec = task.Process.StartUsec + DelayUsec;
        if (task.NowUsec < beganUsec) return;
        while (!task.Spent)
        {
            var sliceEndUsec = task.NowUsec + SliceUsec;
            if (_used is { } used) UseAgain(task, used);
            var pages = _rate.Take(SliceUsec, _curve.At(task.NowUsec - beganUsec));
            if (CeilingBytes > 0) pages = long.Min(pages, Pages.FromBytes(CeilingBytes) - SizePages);
            var isFull = CeilingBytes > 0 && SizePages >= Pages.FromBytes(CeilingBytes);
            if (pages <= 0 && isFull && _used is null) return;
            if (pages > 0) Allocate(task, pages);
            task.SleepUntil(sliceEndUsec);
        }
    }

    private long SizePages => _region.SizePages + (_used?.SizePages ?? 0);

    private void UseAgain(TaskTick task, MemoryRegion used)
    {
        var due = _touches.Take(SliceUsec, used.SizePages / UsedAgainWithinSeconds);
        if (due > 0) task.Touch(used, due, TouchNsec);
    }

    private void Allocate(TaskTick task, long pages)
    {
        if (_used is { } used)
        {
            _sharePages += pages * UsedMillionths;
            var kept = _sharePages / 1_000_000;
            _sharePages %= 1_000_000;
            if (kept > 0) task.Allocate(used, kept);
            pages -= kept;
        }

        if (pages > 0) task.Allocate(_region, pages);
    }
}
