using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Workloads;

/// <summary>
/// The innocent process whose waiting is the measure: every period it goes through its program, touches some pages of
/// its own memory and reads a page of its files; the time by which a round ends late is its stall.
/// </summary>
public sealed class ProbeWorkload : Workload
{
    private MemoryRegion? _text;
    private MemoryRegion _memory = null!;
    private MemoryRegion _files = null!;
    private long _dueUsec;
    private long _textLeft;
    private long _memoryLeft;
    private long _filesLeft;
    private bool _inRound;

    public long PeriodUsec { get; init; } = 20_000;
    public long MemoryBytes { get; init; } = 32L << 20;
    public long FileBytes { get; init; } = 64L << 20;

    /// <summary>Pages of its own memory that a round touches.</summary>
    public int TouchesPerRound { get; init; } = 256;

    /// <summary>
    /// Its program and libraries, all of which a round goes through. A process that has a text without it goes through
    /// that as any other does.
    /// </summary>
    public long TextBytes { get; init; } = 2L << 20;

    /// <summary>The longest time beyond its period that a round took.</summary>
    public long LongestStallUsec { get; private set; }

    /// <summary>When that round ended.</summary>
    public long LongestStallEndUsec { get; private set; }

    /// <summary>All time beyond its period.</summary>
    public long TotalStallUsec { get; private set; }

    public long Rounds { get; private set; }

    /// <summary>How late the round that runs now is already.</summary>
    public long CurrentStallUsec(long nowUsec) => _inRound ? long.Max(0, nowUsec - _dueUsec - PeriodUsec) : 0;

    public override void Begin(SimulatedMachine machine, SimulatedProcess process)
    {
        if (process.Text is null) MapText(machine, process);
        _memory = machine.MapRegion(process, RegionKind.Anon);
        _files = machine.MapRegion(process, RegionKind.File);
        _files.SizePages = Pages.FromBytes(FileBytes);
        machine.Fill(_files, _files.SizePages);
        machine.Fill(_memory, Pages.FromBytes(MemoryBytes));
        _memory.SizePages = _memory.ResidentPages;
        _memory.TouchesPerSecond = TouchesPerRound * 1_000_000 / PeriodUsec;
        _files.TouchesPerSecond = 1_000_000 / PeriodUsec;
        _dueUsec = process.StartUsec;
    }

    public override void Tick(TaskTick task)
    {
        while (!task.Spent)
        {
            if (!_inRound)
            {
                if (_dueUsec > task.NowUsec)
                {
                    task.SleepUntil(_dueUsec);
                    continue;
                }

                _inRound = true;
                _textLeft = _text?.SizePages ?? 0;
                _memoryLeft = TouchesPerRound;
                _filesLeft = 1;
            }

            if (_text is not null) _textLeft -= task.Touch(_text, _textLeft, 100);
            if (_textLeft == 0) _memoryLeft -= task.Touch(_memory, _memoryLeft, 300);
            if (_textLeft == 0 && _memoryLeft == 0) _filesLeft -= task.Touch(_files, _filesLeft, 1_000);
            if (!RoundIsDone(task)) return;
            EndRound(task.NowUsec);
        }

        // A round whose last page came exactly at the end of a tick ends with it.
        if (_inRound && RoundIsDone(task)) EndRound(task.NowUsec);
    }

    private void MapText(SimulatedMachine machine, SimulatedProcess process)
    {
        _text = machine.MapRegion(process, RegionKind.File);
        machine.Fill(_text, Pages.FromBytes(TextBytes));
        _text.TouchesPerSecond = _text.SizePages * 1_000_000 / PeriodUsec;
        process.Text = _text;
    }

    private bool RoundIsDone(TaskTick task) =>
        _textLeft == 0 && _memoryLeft == 0 && _filesLeft == 0 && task.Process.DebtNsec == 0;

    private void EndRound(long nowUsec)
    {
        _inRound = false;
        Rounds++;
        var late = long.Max(0, nowUsec - _dueUsec - PeriodUsec);
        TotalStallUsec += late;
        if (late > LongestStallUsec) (LongestStallUsec, LongestStallEndUsec) = (late, nowUsec);
        _dueUsec = long.Max(_dueUsec + PeriodUsec, nowUsec);
    }
}
