namespace PressureD.Simulation.Machine;

/// <summary>
/// One process's tick, as its workload spends it: running, allocating, touching memory, waiting. What does not fit in the
/// tick is owed by the next ones, so a process that waits demands less: the loop is closed.
/// </summary>
public sealed class TaskTick
{
    private const long DirectBatchPages = 32;
    private const long FruitlessPauseNsec = 4_000_000;
    private const int OomAfterFruitlessRounds = 16;

    private readonly SimulatedMachine machine;
    private SimulatedProcess process = null!;
    private long usedNsec;

    internal TaskTick(SimulatedMachine machine) => this.machine = machine;

    public SimulatedMachine Machine => machine;
    public SimulatedProcess Process => process;

    /// <summary>The process's own clock within the tick.</summary>
    public long NowUsec => machine.NowUsec + (usedNsec / 1000);

    /// <summary>What is left of the tick.</summary>
    public long RemainingNsec => SimulatedMachine.TickNsec - usedNsec;

    /// <summary>Nothing more can be done in this tick.</summary>
    public bool Spent => usedNsec >= SimulatedMachine.TickNsec || process.State != ProcessState.Running;

    /// <summary>Starts the tick of a process and pays its debts.</summary>
    internal void Begin(SimulatedProcess next)
    {
        process = next;
        usedNsec = 0;
        if (process.DebtNsec <= 0) return;
        var paid = long.Min(process.DebtNsec, SimulatedMachine.TickNsec);
        var memory = (long)((System.Int128)process.DebtMemoryNsec * paid / process.DebtNsec);
        Book(paid, memory, process.DebtIsIo);
        process.DebtNsec -= paid;
        process.DebtMemoryNsec -= memory;
    }

    /// <summary>Sleeps to a moment or to the end of the tick: idle, not stalled.</summary>
    public void SleepUntil(long usec) =>
        usedNsec = long.Clamp((usec - machine.NowUsec) * 1000, usedNsec, SimulatedMachine.TickNsec);

    /// <summary>Uses the processor for so long, longer when tasks share processors.</summary>
    public void Run(long nsec)
    {
        var wall = FixedPoint.Multiply(nsec * machine.Options.Costs.Slowdown, machine.CpuStretch);
        wall = long.Min(wall, long.Max(0, RemainingNsec));
        usedNsec += wall;
        process.TickRunNsec += wall;
        process.RunNsec += wall;
    }

    /// <summary>Waits, for a device or for reclaim; <paramref name="memoryNsec"/> of it counts as a memory stall.</summary>
    public void Wait(long nsec, long memoryNsec, bool io)
    {
        var now = long.Min(nsec, long.Max(0, RemainingNsec));
        var memoryNow = nsec == 0 ? 0 : (long)((System.Int128)memoryNsec * now / nsec);
        Book(now, memoryNow, io);
        if (now == nsec) return;
        process.DebtNsec += nsec - now;
        process.DebtMemoryNsec += memoryNsec - memoryNow;
        process.DebtIsIo = io;
    }

    /// <summary>Touches new pages for the first time.</summary>
    /// <returns>How many there was memory and time for.</returns>
    public long Allocate(MemoryRegion region, long pages)
    {
        long done = 0;
        while (done < pages && !Spent)
        {
            var granted = Frames(region.Cgroup, long.Min(64, pages - done));
            if (granted == 0) break;
            machine.Grow(region, granted);
            region.SizePages = long.Max(region.SizePages, region.ResidentPages + region.SwappedPages);
            machine.CountFaults(process, granted);
            Run(granted * machine.Options.Costs.FaultNsec);
            done += granted;
        }

        return done;
    }

    /// <summary>Touches pages of a set, each equally likely; what is not resident is read back first.</summary>
    /// <returns>How many touches there was time for.</returns>
    public long Touch(MemoryRegion region, long touches, long nsecEach)
    {
        long done = 0;
        while (done < touches && !Spent)
        {
            var missing = region.IsAnonLike ? region.SwappedPages : region.SizePages - region.ResidentPages;
            var affordable = nsecEach <= 0 ? touches - done : long.Max(1, RemainingNsec / nsecEach);
            var steps = long.Min(touches - done, affordable);

            // Misses come at even distances: every touch adds its chance, a whole one is a miss.
            var untilMiss = missing <= 0
                ? long.MaxValue : (region.SizePages - region.MissRemainder + missing - 1) / missing;
            var hit = long.Min(steps, long.Max(1, untilMiss));
            region.MissRemainder += missing * hit;
            region.TouchesThisSecond += hit;
            done += hit;
            Run(hit * nsecEach);
            if (region.SizePages <= 0 || region.MissRemainder < region.SizePages || missing <= 0) continue;
            region.MissRemainder %= region.SizePages;
            if (ReadIn(region)) continue;

            // The page did not come: this touch is to be done again, and will miss again.
            region.MissRemainder = region.SizePages - 1;
            return done - 1;
        }

        return done;
    }

    /// <summary>Reads the next pages of a file that nobody has in memory, with read-ahead.</summary>
    public long Stream(MemoryRegion region, long pages)
    {
        long done = 0;
        while (done < pages && !Spent)
        {
            var batch = Frames(region.Cgroup, long.Min(machine.Options.Disk.ReadaheadPages, pages - done));
            if (batch == 0) break;
            machine.Grow(region, batch);
            region.SizePages = long.Max(region.SizePages, region.ResidentPages);
            machine.CountRead(batch);
            Wait(machine.Disk.ReadNsec(), 0, io: true);
            Run(batch * 250);
            done += batch;
        }

        return done;
    }

    /// <summary>Writes new pages of a file; the writer sleeps while too much is dirty.</summary>
    public long Write(MemoryRegion region, long pages)
    {
        long done = 0;
        while (done < pages && !Spent)
        {
            if (machine.DirtyThrottled)
            {
                Wait(RemainingNsec, 0, io: true);
                break;
            }

            var batch = Frames(region.Cgroup, long.Min(32, pages - done));
            if (batch == 0) break;
            machine.Grow(region, batch);
            machine.Dirty(region, batch);
            region.SizePages = long.Max(region.SizePages, region.ResidentPages);
            Run(batch * machine.Options.Costs.FaultNsec);
            done += batch;
        }

        return done;
    }

    private bool ReadIn(MemoryRegion region)
    {
        if (Frames(region.Cgroup, 1) == 0) return false;
        var stall = machine.WorkingsetShare(region);
        var waitNsec = machine.Disk.ReadNsec();
        machine.FaultIn(process, region, stall);
        Wait(waitNsec, FixedPoint.Multiply(waitNsec, stall), io: true);
        return true;
    }

    /// <summary>Finds free pages, reclaiming directly when it must. Does not take them.</summary>
    private long Frames(SimulatedCgroup cgroup, long want)
    {
        while (!Spent)
        {
            if (machine.OverLimit(cgroup, want) is { } limited)
            {
                if (!ReclaimFor(limited)) return 0;
                continue;
            }

            var available = machine.FreePages - machine.Watermarks.Min;
            if (machine.FreePages < machine.Watermarks.Low) machine.Kswapd.Wake();
            machine.Kswapd.RunUntil(usedNsec);
            if (available > 0) return long.Min(want, available);
            if (!ReclaimFor(null)) return 0;
        }

        return 0;
    }

    /// <summary>One round of direct reclaim; false when the allocation must wait for another tick.</summary>
    private bool ReclaimFor(SimulatedCgroup? limited)
    {
        machine.CountAllocStall(limited);
        var result = machine.Reclaimer.Round(DirectBatchPages, byKswapd: false, limited);
        var costNsec = FixedPoint.Multiply(result.CostNsec, machine.CpuStretch);
        Wait(costNsec, costNsec, io: false);
        if (result.FreedPages > 0)
        {
            process.FruitlessRounds = 0;
            machine.Kswapd.Encourage();
            return true;
        }

        if (result.SubmittedPages > 0 || machine.Disk.Busy)
        {
            // The write that would free memory is on its way: the reclaimer is throttled until it is done.
            process.FruitlessRounds = 0;
            Wait(long.Max(0, RemainingNsec), long.Max(0, RemainingNsec), io: false);
            return false;
        }

        process.FruitlessRounds++;
        Wait(FruitlessPauseNsec, FruitlessPauseNsec, io: false);
        if (process.FruitlessRounds < OomAfterFruitlessRounds && !machine.NothingReclaimable(limited)) return true;
        process.FruitlessRounds = 0;
        machine.OomKiller.Run(limited);
        return false;
    }

    private void Book(long nsec, long memoryNsec, bool io)
    {
        usedNsec += nsec;
        process.TickMemoryNsec += memoryNsec;
        process.MemoryStallNsec += memoryNsec;
        if (io)
        {
            process.TickIoNsec += nsec;
            process.IoStallNsec += nsec;
        }
        else
        {
            process.TickReclaimNsec += nsec;
        }
    }
}
