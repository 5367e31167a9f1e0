using System;
using System.Collections.Generic;
using PressureD.Simulation.Pressure;

namespace PressureD.Simulation.Machine;

/// <summary>
/// A machine in virtual time: memory, cgroups, processes, reclaim, the kernel's OOM killer and pressure, advanced in
/// ticks of 10 ms. The same options and the same calls give the same bits everywhere.
/// </summary>
public sealed partial class SimulatedMachine
{
    public const long TickUsec = 10_000;
    public const long TickNsec = TickUsec * 1000;

    /// <summary>Pages of its text that a process goes through in a tick, each equally likely.</summary>
    private const long TextTouchesPerTick = 4;

    private readonly List<(long Usec, long Order, Action<SimulatedMachine> Act)> _planned = [];
    private readonly List<SimulatedProcess> _active = [];
    private readonly List<SimulatedProcess> _ran = [];
    private readonly TaskTick _task;
    private long _plannedCount;
    private long _tickCount;
    private long _runNsecThisTick;

    public SimulatedMachine(MachineOptions options)
    {
        Options = options;
        NowUsec = options.StartUsec;
        RamPages = Pages.FromBytes(options.RamBytes);
        Watermarks = Watermarks.Of(RamPages, Pages.FromBytes(options.MinFreeBytes));
        KernelPages = Pages.FromBytes(options.KernelBytes);
        ReclaimableSlabPages = Pages.FromBytes(options.ReclaimableSlabBytes);
        FreePages = RamPages - KernelPages - ReclaimableSlabPages;
        if (FreePages <= Watermarks.High)
            throw new ArgumentException("The kernel alone fills the machine's memory.", nameof(options));
        foreach (var device in options.Swap) _swapDevices.Add(new SwapDevice(device));
        _swapDevices.Sort((left, right) => right.Options.Priority.CompareTo(left.Options.Priority));

        Disk = new SimulatedDisk(this, options.Disk);
        if (options.Zswap is { } zswap) Zswap = new Zswap(this, zswap);
        Reclaimer = new Reclaimer(this);
        Kswapd = new Kswapd(this);
        OomKiller = new OomKiller(this);
        _task = new TaskTick(this);
        Root = new SimulatedCgroup("", null, _nextInode++, NewPressure(), options.Cpus);
        _rootAccount = Root.Account;
        StartBoot();
    }

    public MachineOptions Options { get; }

    /// <summary>CLOCK_MONOTONIC.</summary>
    public long NowUsec { get; private set; }

    /// <summary>Since the simulation began.</summary>
    public long ElapsedUsec => NowUsec - Options.StartUsec;

    /// <summary>Nothing has run yet: what is there is what it begins with.</summary>
    private bool IsBeginning => _tickCount == 0;

    /// <summary>Victims of the kernel's own killer so far.</summary>
    public IReadOnlyList<OomKillRecord> OomKills => OomKiller.Kills;

    /// <summary>Called after every tick: for who watches the machine from outside.</summary>
    public Action<SimulatedMachine>? Ticked { get; set; }

    internal SimulatedDisk Disk { get; }
    internal Reclaimer Reclaimer { get; }
    internal Kswapd Kswapd { get; }
    internal OomKiller OomKiller { get; }

    /// <summary>How much longer a second of processor time takes now that tasks share processors, in 1/65536.</summary>
    internal long CpuStretch { get; private set; } = FixedPoint.One;

    /// <summary>
    /// Has something happen at the beginning of the first tick at or after a moment of the simulation.
    /// </summary>
    /// <param name="elapsedUsec">Since the simulation began.</param>
    public SimulatedMachine At(long elapsedUsec, Action<SimulatedMachine> act)
    {
        var entry = (Options.StartUsec + elapsedUsec, _plannedCount++, act);
        var index = _planned.Count;
        while (index > 0 && _planned[index - 1].Usec > entry.Item1) index--;
        _planned.Insert(index, entry);
        return this;
    }

    /// <summary>Runs whole ticks until the next one would end after this moment of the monotonic clock.</summary>
    public void AdvanceTo(long nowUsec)
    {
        while (NowUsec + TickUsec <= nowUsec) Tick();

        // What is planned for this very moment is there for whoever looks now.
        RunPlanned();
    }

    /// <summary>Runs for so long, in whole ticks.</summary>
    public void Advance(long usec) => AdvanceTo(NowUsec + usec);

    /// <summary>Does what is planned for now or earlier, without advancing.</summary>
    public void RunPlanned()
    {
        while (_planned.Count > 0 && _planned[0].Usec <= NowUsec)
        {
            var act = _planned[0].Act;
            _planned.RemoveAt(0);
            act(this);
        }
    }

    /// <summary>Runs one tick.</summary>
    public void Tick()
    {
        RunPlanned();
        Kswapd.BeginTick();
        Kswapd.RunUntil(TickNsec / 4);
        _runNsecThisTick = 0;
        _ran.Clear();

        // Who comes first rotates; who starts or begins to die meanwhile comes with the next tick.
        var count = _active.Count;
        for (var index = 0; index < count; index++) TickProcess(_active[(int)((index + _tickCount) % count)]);
        Kswapd.RunUntil(TickNsec);
        Zswap?.WriteBack();
        Disk.EndTick(TickNsec);
        FlushDirty();
        AgeRegions();
        _tickCount++;
        NowUsec += TickUsec;
        SettleProcesses();
        BookPressure();
        BookCpuTime();
        SettleFrozen();
        CpuStretch = long.Max(FixedPoint.One, FixedPoint.Ratio(_runNsecThisTick, TickNsec * Options.Cpus));
        Ticked?.Invoke(this);
    }

    /// <summary>Lets the clock jump while nothing happens, as when a virtual machine is paused.</summary>
    public void JumpClock(long usec) => NowUsec += usec / TickUsec * TickUsec;

    private void TickProcess(SimulatedProcess process)
    {
        var hasRun = process.TickRunNsec > 0;
        process.TickRunNsec = 0;
        process.TickKernelNsec = 0;
        process.TickMemoryNsec = 0;
        process.TickIoNsec = 0;
        process.TickReclaimNsec = 0;
        switch (process.State)
        {
            case ProcessState.Running when !process.Frozen:
                if (process.TermAtUsec <= NowUsec)
                {
                    BeginDeath(process, process.PendingSignal);
                    return;
                }

                if (process.Workload is null && !process.OwesPages) return;
                _task.Begin(process);
                if (process.OwesPages && !_task.TakeOwed()) break;

                // What runs needs its text: thrown out, it is read again, before anything else gets done.
                if (hasRun && process.Text is { } text) _task.Touch(text, TextTouchesPerTick, 0);
                if (!_task.Spent) process.Workload?.Tick(_task);
                break;
            case ProcessState.Dying:
                FreeDying(process);
                break;
        }

        if (process.TickRunNsec + process.TickIoNsec + process.TickReclaimNsec == 0) return;
        _runNsecThisTick += process.TickRunNsec;
        _ran.Add(process);
    }

    private void AgeRegions()
    {
        if (_tickCount % 100 != 99) return;
        _fileRefaultsLastSecond = _fileRefaultsThisSecond;
        _fileRefaultsThisSecond = 0;
        foreach (var region in RegionList)
        {
            region.TouchesPerSecond = (region.TouchesPerSecond + region.TouchesThisSecond) / 2;
            region.TouchesThisSecond = 0;
        }
    }

    private PsiGroup NewPressure() => new(
        NowUsec * 1000,
        Options.Profile.PsiPeriodUsec * 1000,
        Options.Profile.JiffyUsec * 1000,
        Options.Profile.SpuriousTriggerBaseline);
}
