using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using PressureD.Simulation.Pressure;

namespace PressureD.Simulation.Machine;

/// <summary>A cgroup: its place, its limits, what is charged to it and below it, and its pressure.</summary>
public sealed class SimulatedCgroup
{
    /// <summary>"max": no limit.</summary>
    public const long NoLimit = long.MaxValue;

    private readonly Dictionary<string, byte[]> _attributes = new(StringComparer.Ordinal);

    internal SimulatedCgroup(string name, SimulatedCgroup? parent, long inode, PsiGroup pressure, int cpus)
    {
        Name = name;
        NameBytes = Encoding.UTF8.GetBytes(name);
        Parent = parent;
        Inode = inode;
        Pressure = pressure;
        Account = new StallAccount(cpus);
        Path = parent is null ? "/" : parent.Parent is null ? "/" + name : parent.Path + "/" + name;
    }

    public string Name { get; }

    /// <summary>From the root: "/" or "/a/b".</summary>
    public string Path { get; }

    public SimulatedCgroup? Parent { get; }
    public long Inode { get; }
    public PsiGroup Pressure { get; }
    public IReadOnlyList<SimulatedCgroup> Children => ChildList;

    /// <summary>Living processes of this cgroup itself.</summary>
    public IReadOnlyList<SimulatedProcess> Processes => ProcessList;

    /// <summary>The user it was delegated to; 0 for root's own.</summary>
    public int OwnerUid { get; set; }

    public bool Removed { get; internal set; }
    public bool IsRoot => Parent is null;

    // Limits and protections in pages.
    public long MinPages
    {
        get;
        set
        {
            field = value;
            NoteProtection();
        }
    }

    public long LowPages
    {
        get;
        set
        {
            field = value;
            NoteProtection();
        }
    }

    public long HighPages { get; set; } = NoLimit;
    public long MaxPages { get; set; } = NoLimit;
    public long SwapMaxPages { get; set; } = NoLimit;
    public long SwapHighPages { get; set; } = NoLimit;
    public long ZswapMaxPages { get; set; } = NoLimit;
    public bool ZswapWriteback { get; set; } = true;
    public bool OomGroup { get; set; }

    // Shares: kept, and without effect on the simulated processors and disks.
    public long CpuWeight { get; set; } = 100;
    public long IoWeight { get; set; } = 100;
    public string CpuMax { get; set; } = "max 100000";
    public string PidsMax { get; set; } = "max";

    /// <summary>The same as a number.</summary>
    internal long TaskLimit => PidsMax == "max" ? NoLimit : long.Parse(PidsMax, CultureInfo.InvariantCulture);

    /// <summary>Whether it asked for itself to be frozen.</summary>
    public bool FreezeRequested { get; internal set; }

    /// <summary>Whether it or an ancestor is frozen.</summary>
    public bool EffectivelyFrozen
    {
        get
        {
            for (var cgroup = this; cgroup is not null; cgroup = cgroup.Parent)
                if (cgroup.FreezeRequested) return true;
            return false;
        }
    }

    /// <summary>Living processes here and below.</summary>
    public long PopulatedCount { get; internal set; }

    /// <summary>The most there ever were.</summary>
    public long PopulatedPeak { get; internal set; }

    // Charged here and below, in pages.
    public long AnonPages { get; internal set; }

    /// <summary>Page cache, shared memory included.</summary>
    public long FilePages { get; internal set; }

    public long ShmemPages { get; internal set; }
    public long PageTablePages { get; internal set; }

    /// <summary>Kernel stacks of processes that <see cref="ProcessOptions.StackBytes"/> gives one.</summary>
    public long StackPages { get; internal set; }

    /// <summary>Locked private memory, a part of <see cref="AnonPages"/>.</summary>
    public long LockedPages { get; internal set; }

    /// <summary>Memory whose copy on swap still holds, a part of <see cref="AnonPages"/>.</summary>
    public long SwapCachedPages { get; internal set; }

    public long SwapPages { get; internal set; }

    /// <summary>Those of them that zswap holds.</summary>
    public long ZswappedPages { get; internal set; }

    /// <summary>What they take there.</summary>
    public long ZswapBytes { get; internal set; }

    /// <summary>The same in whole pages.</summary>
    public long ZswapPoolPages => Pages.FromBytes(ZswapBytes + Pages.Bytes - 1);

    public long DirtyPages { get; internal set; }
    public long WritebackPages { get; internal set; }
    public long PeakPages { get; internal set; }
    public long SwapPeakPages { get; internal set; }

    // Used here and below, by whoever is dead by now as well.
    public long CpuNsec { get; internal set; }

    /// <summary>The part of it in the kernel.</summary>
    public long CpuKernelNsec { get; internal set; }

    public long DiskReadPages { get; internal set; }
    public long DiskReads { get; internal set; }
    public long DiskWrittenPages { get; internal set; }
    public long DiskWrites { get; internal set; }

    /// <summary>Page cache without shared memory, which lives on the anon lists.</summary>
    public long FileLruPages => FilePages - ShmemPages;

    public long AnonLruPages => AnonPages + ShmemPages - LockedPages;

    /// <summary>Page tables that are charged: those of the root's own processes are not.</summary>
    public long ChargedPageTablePages
    {
        get
        {
            if (!IsRoot) return PageTablePages;
            long pages = 0;
            foreach (var child in ChildList) pages += child.PageTablePages;
            return pages;
        }
    }

    /// <summary>memory.current: all that is charged.</summary>
    public long CurrentPages => AnonPages + FilePages + PageTablePages + StackPages + ZswapPoolPages;

    /// <summary>Forks refused, as pids.events counts them.</summary>
    public long ForksRefused { get; internal set; }

    /// <summary>Forks refused by the limit of this cgroup itself.</summary>
    public long ForksRefusedHere { get; internal set; }

    /// <summary>Events of this cgroup and below.</summary>
    public MemoryEvents Events { get; } = new();

    /// <summary>Events of this cgroup itself.</summary>
    public MemoryEvents LocalEvents { get; } = new();

    /// <summary>memory.swap.events, of this cgroup and below.</summary>
    public SwapEvents SwapEvents { get; } = new();

    /// <summary>Event counters of the memory here and below.</summary>
    public VmCounters Counters { get; } = new();

    // What the last reclaim found that is protected here, in pages: against it, and against its first pass.
    internal long EffectiveMinPages { get; set; }
    internal long EffectiveLowPages { get; set; }

    /// <summary>Whether this or a cgroup below it was ever given a protection.</summary>
    internal bool KnowsProtection { get; private set; }

    internal List<SimulatedCgroup> ChildList { get; } = [];
    internal List<SimulatedProcess> ProcessList { get; } = [];
    internal byte[] NameBytes { get; }
    internal StallAccount Account { get; }
    internal bool AccountMarked { get; set; }

    /// <summary>Cache and shared memory that outlived their processes.</summary>
    internal MemoryRegion? LeftCache { get; set; }

    internal MemoryRegion? LeftShmem { get; set; }

    /// <summary>Counts changes of cgroup.events that watchers may hear of.</summary>
    internal long EventsVersion { get; set; }

    internal bool FrozenShown { get; set; }
    internal bool Populated => PopulatedCount > 0;
    internal Dictionary<string, byte[]> Attributes => _attributes;

    /// <summary>Sets an extended attribute, as whoever owns it can.</summary>
    public void SetAttribute(string name, byte[] value) => _attributes[name] = value;

    /// <summary>Whether this is a cgroup or below it.</summary>
    public bool IsWithin(SimulatedCgroup ancestor)
    {
        for (var cgroup = this; cgroup is not null; cgroup = cgroup.Parent)
            if (ReferenceEquals(cgroup, ancestor)) return true;
        return false;
    }

    /// <summary>A child by name, or null.</summary>
    public SimulatedCgroup? Child(ReadOnlySpan<byte> name)
    {
        foreach (var child in ChildList)
            if (name.SequenceEqual(child.NameBytes)) return child;
        return null;
    }

    public override string ToString() => Path;

    private void NoteProtection()
    {
        for (var cgroup = this; cgroup is not null; cgroup = cgroup.Parent) cgroup.KnowsProtection = true;
    }
}
