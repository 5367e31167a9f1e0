namespace PressureD.Simulation.Machine;

/// <summary>
/// What memory.min and memory.low protect from one reclaim: effective values, from its root down. What the root itself
/// asks for does not restrain it.
/// </summary>
internal sealed class Protection(SimulatedMachine machine)
{
    /// <summary>A list is scanned for so many pages at least, however much of it is protected.</summary>
    private const long LeastScanPages = 32;

    private SimulatedCgroup _root = null!;
    private bool _any;
    private bool _ignoresLow;

    /// <summary>Whether memory.low has kept something from the pass.</summary>
    public bool LowSpared { get; private set; }

    /// <summary>Begins a reclaim: finds what is protected as usage stands.</summary>
    public void Begin(SimulatedCgroup? root)
    {
        _root = root ?? machine.Root;
        _ignoresLow = false;
        LowSpared = false;
        _any = _root.KnowsProtection;
        if (!_any) return;

        // In the order in which they were made, parents come before their children.
        _root.EffectiveMinPages = 0;
        _root.EffectiveLowPages = 0;
        foreach (var cgroup in machine.CgroupList)
            if (cgroup.ChildList.Count > 0 && cgroup.IsWithin(_root)) ShareOut(cgroup);
    }

    /// <summary>Begins the second pass, that memory.low does not hold up, and counts whom it breaks it for.</summary>
    public void IgnoreLow()
    {
        _ignoresLow = true;
        foreach (var cgroup in machine.CgroupList)
        {
            if (ReferenceEquals(cgroup, _root) || !cgroup.IsWithin(_root)) continue;
            var usage = cgroup.CurrentPages;
            if (usage <= cgroup.EffectiveMinPages || usage > cgroup.EffectiveLowPages) continue;
            cgroup.LocalEvents.Low++;
            for (var node = cgroup; node is { IsRoot: false }; node = node.Parent!) node.Events.Low++;
        }
    }

    /// <summary>Pages of a set that this pass may take.</summary>
    public long Leaves(MemoryRegion region)
    {
        var pages = region.ReclaimablePages;
        var cgroup = region.Cgroup;
        if (!_any || ReferenceEquals(cgroup, _root) || pages <= 0) return pages;
        var protectedPages = cgroup.EffectiveMinPages;
        if (!_ignoresLow && cgroup.EffectiveLowPages > protectedPages)
        {
            protectedPages = cgroup.EffectiveLowPages;
            LowSpared = true;
        }

        if (protectedPages == 0) return pages;
        var usage = cgroup.CurrentPages;
        if (usage <= protectedPages) return 0;
        return long.Min(pages, long.Max(LeastScanPages, pages - FixedPoint.Part(pages, protectedPages, usage + 1)));
    }

    // More than there is protects no more than all.
    private long Min(SimulatedCgroup cgroup) => cgroup.Populated ? long.Min(cgroup.MinPages, machine.RamPages) : 0;

    private long Low(SimulatedCgroup cgroup) => long.Min(cgroup.LowPages, machine.RamPages);

    private void ShareOut(SimulatedCgroup parent)
    {
        long mins = 0, lows = 0;
        foreach (var child in parent.ChildList)
        {
            mins += long.Min(child.CurrentPages, Min(child));
            lows += long.Min(child.CurrentPages, Low(child));
        }

        var isRoot = ReferenceEquals(parent, _root);
        foreach (var child in parent.ChildList)
        {
            var min = Min(child);
            var low = Low(child);
            child.EffectiveMinPages = isRoot ? min : Share(child, min, parent.EffectiveMinPages, mins);
            child.EffectiveLowPages = isRoot ? low : Share(child, low, parent.EffectiveLowPages, lows);
        }
    }

    // A parent's protection is divided in proportion to what its children use of theirs; what is left over goes to
    // those that use more.
    private long Share(SimulatedCgroup cgroup, long setting, long ofParent, long ofSiblings)
    {
        var usage = cgroup.CurrentPages;
        var claimed = long.Min(usage, setting);
        if (ofSiblings > ofParent) return FixedPoint.Part(claimed, ofParent, ofSiblings);
        var parentUsage = cgroup.Parent!.CurrentPages;
        if (!machine.Options.RecursiveProtection || ofParent == ofSiblings) return claimed;
        if (parentUsage <= ofSiblings || usage <= claimed) return claimed;
        return claimed + FixedPoint.Part(ofParent - ofSiblings, usage - claimed, parentUsage - ofSiblings);
    }
}
