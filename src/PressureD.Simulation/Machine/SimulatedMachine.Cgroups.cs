using System;
using System.Collections.Generic;
using System.Text;
using PressureD.Core.Kernel;

namespace PressureD.Simulation.Machine;

/// <content>The cgroup tree.</content>
public sealed partial class SimulatedMachine
{
    private long _nextInode = 1;
    private int _freezesToSettle;

    /// <summary>The top of the tree.</summary>
    public SimulatedCgroup Root { get; }

    /// <summary>All cgroups in the order in which they were made, the root first.</summary>
    public IReadOnlyList<SimulatedCgroup> Cgroups => CgroupList;

    internal List<SimulatedCgroup> CgroupList { get; } = [];

    /// <summary>A cgroup by its path from the root, or null.</summary>
    public SimulatedCgroup? FindCgroup(string path)
    {
        var cgroup = Root;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (cgroup.Child(Encoding.UTF8.GetBytes(name)) is not { } child) return null;
            cgroup = child;
        }

        return cgroup;
    }

    /// <summary>A cgroup by its path, made with all that is missing above it.</summary>
    public SimulatedCgroup MakeCgroup(string path)
    {
        var cgroup = Root;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (cgroup.Child(Encoding.UTF8.GetBytes(name)) is { } child)
            {
                cgroup = child;
                continue;
            }

            var made = new SimulatedCgroup(name, cgroup, _nextInode++, NewPressure(), Options.Cpus);
            made.FrozenShown = made.EffectivelyFrozen;
            cgroup.ChildList.Add(made);
            CgroupList.Add(made);
            cgroup = made;
        }

        return cgroup;
    }

    /// <summary>Removes a cgroup (rmdir); what is still charged to it is charged to its parent.</summary>
    /// <returns>0, or a negative errno: EBUSY while it has children or living processes.</returns>
    public int RemoveCgroup(SimulatedCgroup cgroup)
    {
        if (cgroup.Removed) return -Errno.ENOENT;
        if (cgroup.Parent is not { } parent || cgroup.ChildList.Count > 0 || cgroup.ProcessList.Count > 0)
            return -Errno.EBUSY;

        // The parent's counters contain the child's already: only the payer changes.
        foreach (var region in RegionList)
            if (ReferenceEquals(region.Cgroup, cgroup)) region.Cgroup = parent;
        cgroup.Removed = true;
        cgroup.EventsVersion++;
        parent.ChildList.Remove(cgroup);
        CgroupList.Remove(cgroup);
        return 0;
    }

    /// <summary>Freezes or thaws a cgroup and all below it.</summary>
    internal void Freeze(SimulatedCgroup cgroup, bool freeze)
    {
        cgroup.FreezeRequested = freeze;
        _freezesToSettle++;
    }

    /// <summary>Kills all in a cgroup and below it.</summary>
    internal void KillCgroup(SimulatedCgroup cgroup)
    {
        foreach (var process in ProcessList)
            if (process.IsAlive && process.Cgroup.IsWithin(cgroup)) Signal(process, Signals.Kill);
    }

    /// <summary>Moves a process; its memory stays charged where it is.</summary>
    public void Move(SimulatedProcess process, SimulatedCgroup cgroup)
    {
        if (!process.IsAlive) return;
        var pageTables = process.PageTablePages;
        ChargePageTables(process, -pageTables);
        ChargeStack(process, -process.StackPages);
        Leave(process);
        process.Cgroup = cgroup;
        Enter(process);
        ChargePageTables(process, pageTables);
        ChargeStack(process, process.StackPages);
    }

    private void Enter(SimulatedProcess process)
    {
        process.Cgroup.ProcessList.Add(process);
        Populate(process.Cgroup, 1);
    }

    private void Leave(SimulatedProcess process)
    {
        process.Cgroup.ProcessList.Remove(process);
        Populate(process.Cgroup, -1);
    }

    private static void Populate(SimulatedCgroup charged, int count)
    {
        for (SimulatedCgroup? cgroup = charged; cgroup is not null; cgroup = cgroup.Parent)
        {
            var before = cgroup.Populated;
            cgroup.PopulatedCount += count;
            cgroup.PopulatedPeak = long.Max(cgroup.PopulatedPeak, cgroup.PopulatedCount);
            if (cgroup.Populated != before) cgroup.EventsVersion++;
        }
    }

    // Freezing takes a moment: every task has to reach the place where it stops.
    private void SettleFrozen()
    {
        if (_freezesToSettle == 0) return;
        _freezesToSettle = 0;
        foreach (var cgroup in CgroupList)
        {
            var frozen = cgroup.EffectivelyFrozen;
            if (frozen == cgroup.FrozenShown) continue;
            cgroup.FrozenShown = frozen;
            cgroup.EventsVersion++;
        }
    }
}
