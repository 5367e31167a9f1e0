using System;
using System.Collections.Generic;
using PressureD.Core.Kernel;

namespace PressureD.Simulation.Machine;

/// <content>Processes: start, signals, death.</content>
public sealed partial class SimulatedMachine
{
    private const long WakeVictimNsec = 200_000;
    private const long SwapSlotFreeNsec = 4_000;
    private const long OomReaperDelayUsec = 2_000_000;
    private const long ReleaseGatePages = 2L * 1024 * Pages.PerMiB;

    private readonly Dictionary<int, SimulatedProcess> _byPid = [];
    private readonly Dictionary<int, SimulatedProcess> _byThread = [];
    private int _nextPid = 1;

    /// <summary>All processes with a pid, in the order in which they started.</summary>
    public IReadOnlyList<SimulatedProcess> Processes => ProcessList;

    /// <summary>Extra time a victim spends unkillable, by pid; asked once when it begins to die.</summary>
    public Func<SimulatedProcess, long>? StickVictim { get; set; }

    internal List<SimulatedProcess> ProcessList { get; } = [];

    /// <summary>The process that has a pid now, or null.</summary>
    public SimulatedProcess? FindProcess(int pid) => _byPid.GetValueOrDefault(pid);

    /// <summary>The process of a thread that goes on without its main one, or null.</summary>
    public SimulatedProcess? FindByThread(int thread) => _byThread.GetValueOrDefault(thread);

    /// <summary>
    /// Starts a process. Its initial memory is there at once. On a machine that runs already there may be no room for
    /// some of it: that it takes by faults before it does anything else, and files it reads when it uses them.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// There is no such cgroup, the pid is taken, or the machine cannot begin with so much memory or swap in use.
    /// </exception>
    public SimulatedProcess Start(ProcessOptions options)
    {
        var cgroup = FindCgroup(options.Cgroup)
            ?? throw new ArgumentException($"There is no cgroup {options.Cgroup}.", nameof(options));
        var pid = options.Pid == 0 ? NextPid() : options.Pid;
        var process = new SimulatedProcess(pid, options, cgroup, NowUsec)
        {
            ThreadId = options.Leaderless ? NextPid() : 0,
        };
        if (!_byPid.TryAdd(pid, process)) throw new ArgumentException($"Pid {pid} is taken.", nameof(options));
        if (process.ThreadId != 0) _byThread.Add(process.ThreadId, process);
        ProcessList.Add(process);
        if (!options.KernelThread) Enter(process);
        ChargeStack(process, process.StackPages);
        Hold(process, RegionKind.Anon, options.AnonBytes, options.SwappedBytes);
        Hold(process, RegionKind.File, options.FileBytes, 0);
        Hold(process, RegionKind.Shmem, options.ShmemBytes, 0);
        if (options.KernelThread) return process;
        UpdatePageTables(process);
        if (process.Workload is null) return process;
        foreach (var region in process.RegionList)
            if (region.Kind == RegionKind.File) process.Text = region;
        process.Workload.Begin(this, process);
        Activate(process);
        return process;
    }

    /// <summary>
    /// threads-max: as many tasks as have their stacks in an eighth of memory. More processes than that are refused.
    /// </summary>
    public long MaxTasks => RamPages / 32;

    /// <summary>Starts a process as a fork of another one in its cgroup does.</summary>
    /// <returns>Null for EAGAIN: pids.max of its cgroup or of one above stands against it, or threads-max.</returns>
    internal SimulatedProcess? Fork(SimulatedProcess parent, ProcessOptions child)
    {
        if (ProcessList.Count >= MaxTasks) return null;
        for (var limited = parent.Cgroup; limited is not null; limited = limited.Parent!)
        {
            if (limited.PopulatedCount < limited.TaskLimit) continue;
            CountRefusedFork(parent.Cgroup, limited);
            return null;
        }

        return Start(child);
    }

    private void CountRefusedFork(SimulatedCgroup forking, SimulatedCgroup limited)
    {
        if (!Options.Profile.PidsEventsOfLimit)
        {
            forking.ForksRefused++;
            return;
        }

        limited.ForksRefusedHere++;
        for (var cgroup = limited; cgroup is { IsRoot: false }; cgroup = cgroup.Parent!) cgroup.ForksRefused++;
    }

    /// <summary>Sends a signal.</summary>
    /// <returns>0, or a negative errno.</returns>
    public int Signal(SimulatedProcess process, int signal)
    {
        if (signal is < 0 or > 64) return -Errno.EINVAL;
        if (process.State == ProcessState.Reaped) return -Errno.ESRCH;

        // Init and kernel threads take no signal that they do not ask for; a zombie takes all and does nothing.
        if (signal == Signals.Probe || process.Pid == 1 || process.IsKernelThread || !process.IsAlive) return 0;
        if (signal == Signals.Kill)
        {
            BeginDeath(process, signal);
            return 0;
        }

        if (process.Options.IgnoresTerm && signal is Signals.Term or Signals.Hup or Signals.Int) return 0;
        if (process.State != ProcessState.Running || process.TermAtUsec != long.MaxValue) return 0;
        process.PendingSignal = signal;
        process.TermAtUsec = NowUsec + process.Options.TermLatencyUsec;
        Activate(process);
        return 0;
    }

    /// <summary>Has a process exit by itself.</summary>
    public void Exit(SimulatedProcess process) => BeginDeath(process, 0);

    /// <summary>Has a process be a zombie from now on, without the time that dying takes.</summary>
    internal void EndAtOnce(SimulatedProcess process)
    {
        if (!process.IsAlive) return;
        if (process.State == ProcessState.Running) process.DyingSinceUsec = NowUsec;
        foreach (var region in process.RegionList)
            if (region.Kind == RegionKind.Anon) Unmap(region, region.ResidentPages, region.SwappedPages);
        End(process);
        _active.Remove(process);
    }

    /// <summary>Takes the pid of an ended process away, as its parent's wait does.</summary>
    public void Reap(SimulatedProcess process)
    {
        if (process.State != ProcessState.Zombie) return;
        process.State = ProcessState.Reaped;
        _byPid.Remove(process.Pid);
        _byThread.Remove(process.ThreadId);
        ProcessList.Remove(process);
        _active.Remove(process);
    }

    private int NextPid()
    {
        while (_byPid.ContainsKey(_nextPid) || _byThread.ContainsKey(_nextPid)) _nextPid++;
        return _nextPid++;
    }

    /// <summary>process_mrelease on a dying process.</summary>
    /// <returns>0, or a negative errno: EINVAL while it is not dying, ESRCH when it has no memory.</returns>
    internal int ReleaseMemory(SimulatedProcess process)
    {
        if (process.State is ProcessState.Zombie or ProcessState.Reaped) return -Errno.ESRCH;
        if (process.State != ProcessState.Dying) return -Errno.EINVAL;
        process.ReleaseHelps = process.ResidentPages >= ReleaseGatePages;
        return 0;
    }

    internal void BeginDeath(SimulatedProcess process, int signal)
    {
        if (process.State != ProcessState.Running) return;
        process.State = ProcessState.Dying;
        process.EndedBySignal = signal;
        process.DyingSinceUsec = NowUsec;
        process.FreeingCreditNsec = -WakeVictimNsec;
        if (StickVictim is { } stick) process.StuckUntilUsec = NowUsec + stick(process);
        Activate(process);
    }

    private void Activate(SimulatedProcess process)
    {
        if (!_active.Contains(process)) _active.Add(process);
    }

    private void Hold(SimulatedProcess process, RegionKind kind, long bytes, long swappedBytes)
    {
        if (bytes <= 0 && swappedBytes <= 0) return;
        var region = MapRegion(process, kind);
        Fill(region, Pages.FromBytes(bytes));
        if (swappedBytes <= 0) return;
        var wanted = Pages.FromBytes(swappedBytes);
        if (IsBeginning && wanted > SwapFreePages)
            throw new ArgumentException($"{process.Comm} needs more swap than there is.");

        // What zram takes is memory, too, as much at worst.
        var hasZram = _swapDevices.Exists(device => device.Options.Zram is not null);
        var room = hasZram ? long.Max(0, FreePages - Watermarks.Min) : long.MaxValue;
        var swapped = IsBeginning ? wanted : long.Min(wanted, long.Min(SwapFreePages, room));
        TakeSwapSlots(region, swapped);
        region.SwappedPages = swapped;
        region.SizePages += swapped;
        Owe(region, wanted - swapped);
    }

    private void Owe(MemoryRegion region, long pages)
    {
        if (pages <= 0) return;
        region.OwedPages += pages;
        region.Owner!.OwesPages = true;
        Activate(region.Owner);
    }

    /// <summary>What is not free was taken from others just before, and so was what its page tables take.</summary>
    private void MakeRoom(long pages)
    {
        pages += Watermarks.Min;
        while (FreePages < pages)
            if (Reclaimer.Round(pages - FreePages, byKswapd: false, root: null).FreedPages <= 0) return;
    }

    private void FreeDying(SimulatedProcess process)
    {
        var reaperDue = process.KilledByKernel && NowUsec - process.DyingSinceUsec >= OomReaperDelayUsec;
        if (process.StuckUntilUsec > NowUsec && !reaperDue) return;
        if (reaperDue) process.OomReaped = true;
        process.FreeingCreditNsec += TickNsec;
        var costs = Options.Costs;
        long perPage = ((long)costs.FreeNsec * costs.Slowdown) + (process.Options.ExitUsecPerMiB * 1000 / Pages.PerMiB);
        if (process.ReleaseHelps) perPage = perPage * 55 / 100;
        process.TickRunNsec = long.Min(TickNsec, long.Max(0, process.FreeingCreditNsec));
        process.TickKernelNsec = process.TickRunNsec;
        process.RunNsec += process.TickRunNsec;
        foreach (var region in process.RegionList)
        {
            if (region.Kind != RegionKind.Anon) continue;
            var pages = long.Min(region.ResidentPages, Affordable(process, perPage));
            process.FreeingCreditNsec -= pages * perPage;
            FreeResident(region, pages);
        }

        foreach (var region in process.RegionList)
        {
            if (region.Kind != RegionKind.Anon || region.ResidentPages > 0) continue;
            var slots = long.Min(region.SwappedPages, Affordable(process, SwapSlotFreeNsec));
            process.FreeingCreditNsec -= slots * SwapSlotFreeNsec;
            region.SwappedPages -= slots;
            GiveSwapSlots(region, slots);
        }
    }

    private static long Affordable(SimulatedProcess process, long nsecEach) =>
        nsecEach <= 0 ? long.MaxValue : long.Max(0, process.FreeingCreditNsec) / nsecEach;

    /// <summary>Ends processes whose memory is gone, and reaps those whose parents do.</summary>
    private void SettleProcesses()
    {
        for (var index = _active.Count - 1; index >= 0; index--)
        {
            var process = _active[index];
            if (process.State == ProcessState.Zombie)
            {
                if (process.Options.ParentReaps) Reap(process);
                continue;
            }

            if (process.State != ProcessState.Dying || process.StuckUntilUsec > NowUsec) continue;
            if (process.FreeingCreditNsec < 0 || HoldsPrivateMemory(process)) continue;
            End(process);
        }
    }

    private static bool HoldsPrivateMemory(SimulatedProcess process)
    {
        foreach (var region in process.RegionList)
            if (region.Kind == RegionKind.Anon && region.ResidentPages + region.SwappedPages > 0) return true;
        return false;
    }

    private void End(SimulatedProcess process)
    {
        foreach (var region in process.RegionList) Unmap(region);
        process.RegionList.Clear();
        ChargePageTables(process, -process.PageTablePages);
        ChargeStack(process, -process.StackPages);
        process.State = ProcessState.Zombie;
        process.EndedUsec = NowUsec;
        Leave(process);
        process.Workload?.End(this, process);
    }

    private void StartBoot()
    {
        CgroupList.Add(Root);
        if (Options.IsReplayed) return;
        Start(new ProcessOptions { Comm = "systemd", Exe = "/usr/lib/systemd/systemd", ParentPid = 0, Cgroup = "/" });
        Start(new ProcessOptions { Comm = "kthreadd", ParentPid = 0, KernelThread = true });
        Start(new ProcessOptions { Comm = "kswapd0", ParentPid = 2, KernelThread = true });
        _nextPid = 200;
        if (Options.BootCacheBytes <= 0) return;
        var cache = NewRegion(RegionKind.File, Root, null);
        Root.LeftCache = cache;
        Grow(cache, Pages.FromBytes(Options.BootCacheBytes));
        cache.SizePages = cache.ResidentPages;
    }
}
