using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Workloads;

/// <summary>
/// A heap with a garbage collector: it grows at a rate up to a peak, then touches all that it keeps and gives the rest
/// back.
/// </summary>
public sealed class SawtoothWorkload : Workload
{
    private const long TouchNsec = 300;

    private MemoryRegion _kept = null!;
    private MemoryRegion _garbage = null!;
    private Rate _rate;
    private long _collectLeft;

    public long BaseBytes { get; init; }
    public required long PeakBytes { get; init; }
    public required long BytesPerSecond { get; init; }

    public override void Begin(SimulatedMachine machine, SimulatedProcess process)
    {
        _kept = machine.MapRegion(process, RegionKind.Anon);
        _garbage = machine.MapRegion(process, RegionKind.Anon);
        _rate = new Rate(Pages.FromBytes(BytesPerSecond));
    }

    public override void Tick(TaskTick task)
    {
        var keep = Pages.FromBytes(BaseBytes);
        if (_kept.SizePages < keep)
        {
            task.Allocate(_kept, keep - _kept.SizePages);
            return;
        }

        if (_collectLeft > 0)
        {
            // What lies on swap is read back to be looked at.
            _collectLeft -= task.Touch(_kept, _collectLeft, TouchNsec);
            if (_collectLeft <= 0) task.Machine.Unmap(_garbage, _garbage.ResidentPages, _garbage.SwappedPages);
            return;
        }

        var room = Pages.FromBytes(PeakBytes) - keep - _garbage.SizePages;
        var pages = _rate.Take(task.RemainingNsec / 1000);
        if (room <= 0) _collectLeft = long.Max(1, keep);
        else task.Allocate(_garbage, long.Min(pages, room));
    }
}
