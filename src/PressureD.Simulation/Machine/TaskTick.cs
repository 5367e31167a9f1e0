namespace PressureD.Simulation.Machine;

/// <summary>
/// One process's tick, as its workload spends it: running, allocating, touching memory, waiting. What does not fit in
/// the tick is owed by the next ones, so a process that waits demands less: the loop is closed.
/// </summary>
public sealed class TaskTick
{
    private const long DirectBatchPages = 32;
    private const long FruitlessPauseNsec = 4_000_000;
    private const long MaxThrottleNsec = 100_000_000;
    private const int OomAfterFruitlessRounds = 16;

    /// <summary>Of so many missing pages of a text, one waits for the device.</summary>
    private const long TextClusterPages = 8;

    private const long ForkNsec = 100_000;
    private const long StackBytes = 16 << 10;

    /// <summary>The stack and the first page tables.</summary>
    private const long ForkPages = (StackBytes / Pages.Bytes) + 4;
    private const long MaxHighNsec = 2_000_000_000;
    private const long MinHighNsec = 10_000_000;

    private readonly SimulatedMachine _machine;
    private SimulatedProcess _process = null!;
    private long _usedNsec;

    internal TaskTick(SimulatedMachine machine) => _machine = machine;

    public SimulatedMachine Machine => _machine;
    public SimulatedProcess Process => _process;

    /// <summary>The process's own clock within the tick.</summary>
    public long NowUsec => _machine.NowUsec + (_usedNsec / 1000);

    /// <summary>What is left of the tick.</summary>
    public long RemainingNsec => SimulatedMachine.TickNsec - _usedNsec;

    /// <summary>Nothing more can be done in this tick.</summary>
    public bool Spent => _usedNsec >= SimulatedMachine.TickNsec || _process.State != ProcessState.Running;

    /// <summary>Starts the tick of a process and pays its debts.</summary>
    internal void Begin(SimulatedProcess next)
    {
        _process = next;
        _usedNsec = 0;
        PayWaits();
        PayFlushes();
    }

    private void PayWaits()
    {
        if (_process.DebtNsec <= 0) return;
        var paid = long.Min(_process.DebtNsec, SimulatedMachine.TickNsec);
        var memory = FixedPoint.Part(_process.DebtMemoryNsec, paid, _process.DebtNsec);
        Book(paid, memory, _process.DebtIsIo);
        _process.DebtNsec -= paid;
        _process.DebtMemoryNsec -= memory;
    }

    private void PayFlushes()
    {
        if (_process.FlushDebtNsec <= 0 || Spent) return;
        var costs = _machine.Options.Costs;
        var affordable = long.Max(1, RemainingNsec / costs.Slowdown);
        var paid = long.Min(_process.FlushDebtNsec, affordable);
        RunInKernel(paid);
        _process.FlushDebtNsec -= paid;
    }

    /// <summary>Touches what was to be there from its start.</summary>
    /// <returns>Whether all of it is there.</returns>
    internal bool TakeOwed()
    {
        foreach (var region in _process.RegionList)
        {
            if (region.OwedPages > 0) region.OwedPages -= Allocate(region, region.OwedPages);
            if (region.OwedPages > 0) return false;
        }

        _process.OwesPages = false;
        return true;
    }

    /// <summary>Sleeps to a moment or to the end of the tick: idle, not stalled.</summary>
    public void SleepUntil(long usec) =>
        _usedNsec = long.Clamp((usec - _machine.NowUsec) * 1000, _usedNsec, SimulatedMachine.TickNsec);

    /// <summary>Uses the processor for so long, longer when tasks share processors.</summary>
    public void Run(long nsec)
    {
        var wall = FixedPoint.Multiply(nsec * _machine.Options.Costs.Slowdown, _machine.CpuStretch);
        wall = long.Min(wall, long.Max(0, RemainingNsec));
        _usedNsec += wall;
        _process.TickRunNsec += wall;
        _process.RunNsec += wall;
    }

    /// <summary>
    /// Waits, for a device or for reclaim; <paramref name="memoryNsec"/> of it counts as a memory stall.
    /// </summary>
    public void Wait(long nsec, long memoryNsec, bool io)
    {
        var now = long.Min(nsec, long.Max(0, RemainingNsec));
        if (now == nsec)
        {
            Book(nsec, nsec == 0 ? 0 : memoryNsec, io);
            return;
        }

        var memoryNow = FixedPoint.Part(memoryNsec, now, nsec);
        Book(now, memoryNow, io);
        _process.DebtNsec += nsec - now;
        _process.DebtMemoryNsec += memoryNsec - memoryNow;
        _process.DebtIsIo = io;
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
            _machine.Grow(region, granted);
            region.SizePages = long.Max(region.SizePages, region.ResidentPages + region.SwappedPages);
            _machine.CountFaults(_process, granted);
            RunInKernel(granted * _machine.Options.Costs.FaultNsec);
            PayOverHigh(region.Cgroup, granted);
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
            _machine.WriteSwapCached(region, hit);
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
            var batch = Frames(region.Cgroup, long.Min(_machine.Options.Disk.ReadaheadPages, pages - done));
            if (batch == 0) break;
            _machine.Grow(region, batch);
            region.SizePages = long.Max(region.SizePages, region.ResidentPages);
            _machine.CountRead(batch);
            SimulatedMachine.CountDiskPages(_process.Cgroup, batch);
            Wait(_machine.Disk.ReadNsec(_process.Cgroup), 0, io: true);
            RunInKernel(batch * 250);
            PayOverHigh(region.Cgroup, batch);
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
            if (_machine.DirtyThrottled(region.Cgroup))
            {
                Wait(RemainingNsec, 0, io: true);
                break;
            }

            var batch = Frames(region.Cgroup, long.Min(32, pages - done));
            if (batch == 0) break;
            _machine.Grow(region, batch);
            _machine.Dirty(region, batch);
            region.SizePages = long.Max(region.SizePages, region.ResidentPages);
            RunInKernel(batch * _machine.Options.Costs.FaultNsec);
            PayOverHigh(region.Cgroup, batch);
            done += batch;
        }

        return done;
    }

    private void RunInKernel(long nsec)
    {
        var before = _process.TickRunNsec;
        Run(nsec);
        _process.TickKernelNsec += _process.TickRunNsec - before;
    }

    /// <summary>
    /// Forks. The child's stack and first page tables come from free memory, for which is reclaimed when there is none.
    /// </summary>
    /// <returns>The child; null for EAGAIN, and when there was no memory or time for it.</returns>
    public SimulatedProcess? Fork(ProcessOptions child)
    {
        RunInKernel(ForkNsec);
        return Frames(_process.Cgroup, ForkPages) < ForkPages || _process.State != ProcessState.Running
            ? null : _machine.Fork(_process, child with { StackBytes = StackBytes });
    }

    private bool ReadIn(MemoryRegion region)
    {
        if (Frames(region.Cgroup, 1) == 0) return false;
        var stall = _machine.WorkingsetShare(region);
        var place = _machine.NextPlace(region, out var waitNsec);
        var compressed = place != SwapPlace.Disk;

        // A text is read around the page that was missed: most of those that are missed next are there by then.
        var isThere = ReferenceEquals(region, _process.Text) && _process.TextMisses++ % TextClusterPages != 0;
        if (!compressed && !isThere) waitNsec = _machine.Disk.ReadNsec(_process.Cgroup);
        _machine.FaultIn(_process, region, stall, place);
        if (isThere) return true;
        if (!compressed) RunInKernel(_machine.Options.Costs.ReadNsec);
        Wait(waitNsec, FixedPoint.Multiply(waitNsec, stall), io: !compressed);
        PayOverHigh(region.Cgroup, 1);
        return true;
    }

    /// <summary>Finds free pages, reclaiming directly when it must. Does not take them.</summary>
    private long Frames(SimulatedCgroup cgroup, long want)
    {
        while (!Spent)
        {
            if (_machine.OverLimit(cgroup, want) is { } limited)
            {
                if (!ReclaimFor(limited)) return 0;
                continue;
            }

            var available = _machine.FreePages - _machine.Watermarks.Min;
            if (_machine.FreePages < _machine.Watermarks.Low) _machine.Kswapd.Wake();
            _machine.Kswapd.RunUntil(_usedNsec);
            if (available > 0) return long.Min(want, available);
            if (!ReclaimFor(null)) return 0;
        }

        return 0;
    }

    /// <summary>One round of direct reclaim; false when the allocation must wait for another tick.</summary>
    private bool ReclaimFor(SimulatedCgroup? limited)
    {
        _machine.CountAllocStall(limited);
        var result = _machine.Reclaimer.Round(DirectBatchPages, byKswapd: false, limited);
        var costNsec = FixedPoint.Multiply(result.CostNsec, _machine.CpuStretch);
        SimulatedMachine.CountCpu(_process.Cgroup, result.CostNsec, result.CostNsec);
        Wait(costNsec, costNsec, io: false);
        if (result.FreedPages > 0)
        {
            _process.FruitlessRounds = 0;
            _machine.Kswapd.Encourage();
            return true;
        }

        if (result.SubmittedPages > 0 || _machine.AwaitsDisk(limited))
        {
            // The write that would free memory is on its way, behind all that is queued: the reclaimer is throttled
            // until it is done, a tenth of a second at most.
            _process.FruitlessRounds = 0;
            var waitNsec = long.Clamp(_machine.Disk.BacklogNsec, long.Max(0, RemainingNsec), MaxThrottleNsec);
            Wait(waitNsec, waitNsec, io: false);
            return false;
        }

        _process.FruitlessRounds++;
        Wait(FruitlessPauseNsec, FruitlessPauseNsec, io: false);
        if (_process.FruitlessRounds < OomAfterFruitlessRounds && !_machine.NothingReclaimable(limited)) return true;
        _process.FruitlessRounds = 0;
        _machine.OomKiller.Run(limited);
        return false;
    }

    /// <summary>
    /// Who has charged pages over a memory.high first reclaims, and sleeps when that gives nothing: with the share o by
    /// which usage is over the limit, o² seconds a page. Over memory.swap.high it sleeps for as long, whatever reclaim
    /// gives. Both together at most 2 s, and not at all up to 10 ms; before it sleeps it has tried again and again.
    /// </summary>
    private void PayOverHigh(SimulatedCgroup charged, long pages)
    {
        var limited = SimulatedMachine.OverHigh(charged, out var over);
        if (limited is not null && ReclaimOverHigh(limited)) over = 0;
        var overSwap = SimulatedMachine.OverSwapHighMillionths(charged);
        var sleepNsec = long.Min(HighNsec(over, pages) + HighNsec(overSwap, pages), MaxHighNsec);
        var times = sleepNsec > MinHighNsec ? 1 + OomAfterFruitlessRounds : 1;
        if (limited is not null) SimulatedMachine.CountHigh(limited, times);
        if (overSwap > 0) SimulatedMachine.CountSwapHigh(charged, times);
        if (sleepNsec > MinHighNsec) Wait(sleepNsec, sleepNsec, io: false);
    }

    private static long HighNsec(long overMillionths, long pages) =>
        FixedPoint.Part(overMillionths * overMillionths, pages, 1000);

    private bool ReclaimOverHigh(SimulatedCgroup limited)
    {
        var result = _machine.Reclaimer.Round(DirectBatchPages, byKswapd: false, limited);
        var costNsec = FixedPoint.Multiply(result.CostNsec, _machine.CpuStretch);
        SimulatedMachine.CountCpu(_process.Cgroup, result.CostNsec, result.CostNsec);
        Wait(costNsec, costNsec, io: false);
        return result.FreedPages + result.SubmittedPages > 0;
    }

    private void Book(long nsec, long memoryNsec, bool io)
    {
        _usedNsec += nsec;
        _process.TickMemoryNsec += memoryNsec;
        _process.MemoryStallNsec += memoryNsec;
        if (io)
        {
            _process.TickIoNsec += nsec;
            _process.IoStallNsec += nsec;
        }
        else
        {
            _process.TickReclaimNsec += nsec;
        }
    }
}
