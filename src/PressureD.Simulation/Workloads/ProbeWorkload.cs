using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Workloads;

/// <summary>
/// The innocent process whose waiting is the measure: every period it touches some pages of its own memory and reads a page
/// of its files; the time by which a round ends late is its stall.
/// </summary>
public sealed class ProbeWorkload : Workload
{
    private MemoryRegion memory = null!;
    private MemoryRegion files = null!;
    private long dueUsec;
    private long memoryLeft;
    private long filesLeft;
    private bool inRound;

    public long PeriodUsec { get; init; } = 20_000;
    public long MemoryBytes { get; init; } = 32L << 20;
    public long FileBytes { get; init; } = 64L << 20;

    /// <summary>Pages of its own memory that a round touches.</summary>
    public int TouchesPerRound { get; init; } = 64;

    /// <summary>The longest time beyond its period that a round took.</summary>
    public long LongestStallUsec { get; private set; }

    /// <summary>All time beyond its period.</summary>
    public long TotalStallUsec { get; private set; }

    public long Rounds { get; private set; }

    /// <summary>How late the round that runs now is already.</summary>
    public long CurrentStallUsec(long nowUsec) => inRound ? long.Max(0, nowUsec - dueUsec - PeriodUsec) : 0;

    public override void Begin(SimulatedMachine machine, SimulatedProcess process)
    {
        memory = machine.MapRegion(process, RegionKind.Anon);
        files = machine.MapRegion(process, RegionKind.File);
        files.SizePages = Pages.FromBytes(FileBytes);
        machine.Fill(files, files.SizePages);
        machine.Fill(memory, Pages.FromBytes(MemoryBytes));
        memory.SizePages = memory.ResidentPages;
        memory.TouchesPerSecond = TouchesPerRound * 1_000_000 / PeriodUsec;
        files.TouchesPerSecond = 1_000_000 / PeriodUsec;
        dueUsec = process.StartUsec;
    }

    public override void Tick(TaskTick task)
    {
        while (!task.Spent)
        {
            if (!inRound)
            {
                if (dueUsec > task.NowUsec)
                {
                    task.SleepUntil(dueUsec);
                    continue;
                }

                inRound = true;
                memoryLeft = TouchesPerRound;
                filesLeft = 1;
            }

            memoryLeft -= task.Touch(memory, memoryLeft, 300);
            if (memoryLeft == 0 && filesLeft > 0) filesLeft -= task.Touch(files, filesLeft, 1_000);
            if (memoryLeft > 0 || filesLeft > 0 || task.Process.DebtNsec > 0) return;
            EndRound(task.NowUsec);
        }

        // A round whose last page came exactly at the end of a tick ends with it.
        if (inRound && memoryLeft == 0 && filesLeft == 0 && task.Process.DebtNsec == 0) EndRound(task.NowUsec);
    }

    private void EndRound(long nowUsec)
    {
        inRound = false;
        Rounds++;
        var late = long.Max(0, nowUsec - dueUsec - PeriodUsec);
        TotalStallUsec += late;
        LongestStallUsec = long.Max(LongestStallUsec, late);
        dueUsec = long.Max(dueUsec + PeriodUsec, nowUsec);
    }
}
