using System;
using System.Collections.Generic;
using PressureD.Simulation.Pressure;

namespace PressureD.Simulation.Machine;

/// <summary>
/// A machine in virtual time: memory, cgroups, processes, reclaim, the kernel's OOM killer and pressure, advanced in ticks
/// of 10 ms. The same options and the same calls give the same bits everywhere.
/// </summary>
public sealed partial class SimulatedMachine
{
    public const long TickUsec = 10_000;
    public const long TickNsec = TickUsec * 1000;

    private readonly List<(long Usec, long Order, Action<SimulatedMachine> Act)> planned = [];
    private readonly List<SimulatedProcess> active = [];
    private readonly List<SimulatedProcess> ran = [];
    private readonly TaskTick task;
    private long plannedCount;
    private long tickCount;
    private long runNsecThisTick;

    public SimulatedMachine(MachineOptions options)
    {
        Options = options;
        NowUsec = options.StartUsec;
        RamPages = Pages.FromBytes(options.RamBytes);
        Watermarks = Watermarks.Of(RamPages);
        KernelPages = Pages.FromBytes(options.KernelBytes);
        ReclaimableSlabPages = Pages.FromBytes(options.ReclaimableSlabBytes);
        FreePages = RamPages - KernelPages - ReclaimableSlabPages;
        if (FreePages <= Watermarks.High) throw new ArgumentException("The kernel alone fills the machine's memory.", nameof(options));
        foreach (var device in options.Swap) swapDevices.Add(new SwapDevice(device));
        swapDevices.Sort((left, right) => right.Options.Priority.CompareTo(left.Options.Priority));

        Disk = new SimulatedDisk(this, options.Disk);
        Reclaimer = new Reclaimer(this);
        Kswapd = new Kswapd(this);
        OomKiller = new OomKiller(this);
        task = new TaskTick(this);
        Root = new SimulatedCgroup("", null, nextInode++, NewPressure(), options.Cpus);
        rootAccount = Root.Account;
        StartBoot();
    }

    public MachineOptions Options { get; }

    /// <summary>CLOCK_MONOTONIC.</summary>
    public long NowUsec { get; private set; }

    /// <summary>Since the simulation began.</summary>
    public long ElapsedUsec => NowUsec - Options.StartUsec;

    /// <summary>Victims of the kernel's own killer so far.</summary>
    public IReadOnlyList<OomKillRecord> OomKills => OomKiller.Kills;

    internal SimulatedDisk Disk { get; }
    internal Reclaimer Reclaimer { get; }
    internal Kswapd Kswapd { get; }
    internal OomKiller OomKiller { get; }

    /// <summary>How much longer a second of processor time takes now that tasks share processors, in 1/65536.</summary>
    internal long CpuStretch { get; private set; } = FixedPoint.One;

    /// <summary>Has something happen at the beginning of the first tick at or after a moment of the simulation.</summary>
    /// <param name="elapsedUsec">Since the simulation began.</param>
    public SimulatedMachine At(long elapsedUsec, Action<SimulatedMachine> act)
    {
        var entry = (Options.StartUsec + elapsedUsec, plannedCount++, act);
        var index = planned.Count;
        while (index > 0 && planned[index - 1].Usec > entry.Item1) index--;
        planned.Insert(index, entry);
        return this;
    }

    /// <summary>Runs whole ticks until the next one would end after this moment of the monotonic clock.</summary>
    public void AdvanceTo(long nowUsec)
    {
        while (NowUsec + TickUsec <= nowUsec) Tick();
    }

    /// <summary>Runs for so long, in whole ticks.</summary>
    public void Advance(long usec) => AdvanceTo(NowUsec + usec);

    /// <summary>Does what is planned for now or earlier, without advancing.</summary>
    public void RunPlanned()
    {
        while (planned.Count > 0 && planned[0].Usec <= NowUsec)
        {
            var act = planned[0].Act;
            planned.RemoveAt(0);
            act(this);
        }
    }

    /// <summary>Runs one tick.</summary>
    public void Tick()
    {
        RunPlanned();
        Kswapd.BeginTick();
        Kswapd.RunUntil(TickNsec / 4);
        runNsecThisTick = 0;
        ran.Clear();

        // Who comes first rotates; who starts or begins to die meanwhile comes with the next tick.
        var count = active.Count;
        for (var index = 0; index < count; index++) TickProcess(active[(int)((index + tickCount) % count)]);
        Kswapd.RunUntil(TickNsec);
        Disk.EndTick(TickNsec);
        FlushDirty();
        AgeRegions();
        tickCount++;
        NowUsec += TickUsec;
        SettleProcesses();
        BookPressure();
        SettleFrozen();
        CpuStretch = long.Max(FixedPoint.One, FixedPoint.Ratio(runNsecThisTick, TickNsec * Options.Cpus));
    }

    /// <summary>Lets the clock jump while nothing happens, as when a virtual machine is paused.</summary>
    public void JumpClock(long usec) => NowUsec += usec / TickUsec * TickUsec;

    private void TickProcess(SimulatedProcess process)
    {
        process.TickRunNsec = 0;
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

                if (process.Workload is null) return;
                task.Begin(process);
                if (!task.Spent) process.Workload.Tick(task);
                break;
            case ProcessState.Dying:
                FreeDying(process);
                break;
        }

        if (process.TickRunNsec + process.TickIoNsec + process.TickReclaimNsec == 0) return;
        runNsecThisTick += process.TickRunNsec;
        ran.Add(process);
    }

    private void AgeRegions()
    {
        if (tickCount % 100 != 99) return;
        fileRefaultsLastSecond = fileRefaultsThisSecond;
        fileRefaultsThisSecond = 0;
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
