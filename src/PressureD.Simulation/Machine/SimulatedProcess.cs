using System.Collections.Generic;
using PressureD.Simulation.Workloads;

namespace PressureD.Simulation.Machine;

/// <summary>A process: who it is, the memory it holds, and what it waits for.</summary>
public sealed class SimulatedProcess
{
    internal SimulatedProcess(int pid, ProcessOptions options, SimulatedCgroup cgroup, long startUsec)
    {
        Pid = pid;
        Options = options;
        Cgroup = cgroup;
        StartUsec = startUsec;
        Comm = options.Comm;
        OomScoreAdj = options.OomScoreAdj;
        Workload = options.Workload;
    }

    public int Pid { get; }

    /// <summary>The thread that goes on when the main one has ended; 0 when there is the main one alone.</summary>
    public int ThreadId { get; internal init; }

    public ProcessOptions Options { get; }
    public string Comm { get; internal set; }
    public int OomScoreAdj { get; internal set; }
    public SimulatedCgroup Cgroup { get; internal set; }

    /// <summary>Start on the monotonic clock: with the pid, its identity.</summary>
    public long StartUsec { get; }

    public ProcessState State { get; internal set; }
    public Workload? Workload { get; }
    public IReadOnlyList<MemoryRegion> Regions => RegionList;

    /// <summary>When it ended (became a zombie), or 0.</summary>
    public long EndedUsec { get; internal set; }

    /// <summary>The signal that ended it, or 0 when it exited by itself.</summary>
    public int EndedBySignal { get; internal set; }

    /// <summary>Whether the kernel's OOM killer chose it.</summary>
    public bool KilledByKernel { get; internal set; }

    /// <summary>When it was sent SIGKILL or began to exit, or 0.</summary>
    public long DyingSinceUsec { get; internal set; }

    /// <summary>Stuck in an uninterruptible wait until then: it does not free its memory.</summary>
    public long StuckUntilUsec { get; internal set; }

    public long MemoryStallNsec { get; internal set; }
    public long IoStallNsec { get; internal set; }
    public long MajorFaults { get; internal set; }
    public long MinorFaults { get; internal set; }
    public long RunNsec { get; internal set; }

    internal List<MemoryRegion> RegionList { get; } = [];

    /// <summary>Its program text and mapped files, when it has some and does something.</summary>
    internal MemoryRegion? Text { get; set; }

    internal long TextMisses { get; set; }

    internal long PageTablePages { get; set; }
    internal long StackPages => Pages.FromBytes(Options.StackBytes);
    internal long TermAtUsec { get; set; } = long.MaxValue;
    internal int PendingSignal { get; set; }

    // A wait that outlasts its tick is paid for by the next ones.
    internal long DebtNsec { get; set; }
    internal long DebtMemoryNsec { get; set; }
    internal bool DebtIsIo { get; set; }
    internal int FruitlessRounds { get; set; }

    // What the tick that ends was spent on. Memory covers reclaim and the part of io that is a memory stall.
    internal long TickRunNsec { get; set; }
    internal long TickKernelNsec { get; set; }
    internal long TickMemoryNsec { get; set; }
    internal long TickIoNsec { get; set; }
    internal long TickReclaimNsec { get; set; }

    /// <summary>Processor time that the taking of its pages costs it yet.</summary>
    internal long FlushDebtNsec { get; set; }

    // Dying: time not yet spent on freeing; negative while the victim is being woken.
    internal long FreeingCreditNsec { get; set; }
    internal bool ReleaseHelps { get; set; }
    internal bool OomReaped { get; set; }

    public bool IsAlive => State is ProcessState.Running or ProcessState.Dying;
    internal bool HasOtherThread => IsAlive && ThreadId != 0;
    public bool IsKernelThread => Options.KernelThread;

    /// <summary>Resident pages of a kind.</summary>
    public long Resident(RegionKind kind)
    {
        long pages = 0;
        foreach (var region in RegionList)
            if (region.Kind == kind) pages += region.ResidentPages;
        return pages;
    }

    public long ResidentPages
    {
        get
        {
            long pages = 0;
            foreach (var region in RegionList) pages += region.ResidentPages;
            return pages;
        }
    }

    /// <summary>Locked pages, which are resident.</summary>
    public long LockedPages
    {
        get
        {
            long pages = 0;
            foreach (var region in RegionList)
                if (region.IsLocked) pages += region.ResidentPages;
            return pages;
        }
    }

    public long SwappedPages
    {
        get
        {
            long pages = 0;
            foreach (var region in RegionList) pages += region.SwappedPages;
            return pages;
        }
    }

    /// <summary>There was no room at its start for all it holds.</summary>
    internal bool OwesPages { get; set; }

    internal bool Frozen => Cgroup.EffectivelyFrozen;
}
