using System;
using System.Collections.Generic;
using System.Text;
using PressureD.Core.Kernel;

namespace PressureD.Simulation.Machine;

/// <content>The cgroup tree.</content>
public sealed partial class SimulatedMachine
{
    private long nextInode = 1;

    /// <summary>The top of the tree.</summary>
    public SimulatedCgroup Root { get; }

    /// <summary>All cgroups in the order in which they were made.</summary>
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

            var made = new SimulatedCgroup(name, cgroup, nextInode++, NewPressure(), Options.Cpus);
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
        if (cgroup.Parent is not { } parent || cgroup.ChildList.Count > 0 || cgroup.ProcessList.Count > 0) return -Errno.EBUSY;

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
    internal void Freeze(SimulatedCgroup cgroup, bool freeze) => cgroup.FreezeRequested = freeze;

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
        Leave(process);
        process.Cgroup = cgroup;
        Enter(process);
        ChargePageTables(process, pageTables);
    }

    private void Enter(SimulatedProcess process)
    {
        process.Cgroup.ProcessList.Add(process);
        for (SimulatedCgroup? cgroup = process.Cgroup; cgroup is not null; cgroup = cgroup.Parent)
            cgroup.PopulatedCount++;
    }

    private void Leave(SimulatedProcess process)
    {
        process.Cgroup.ProcessList.Remove(process);
        for (SimulatedCgroup? cgroup = process.Cgroup; cgroup is not null; cgroup = cgroup.Parent)
            cgroup.PopulatedCount--;
    }

    // Notifications leave at most once per 10 ms and file, which is a tick.
    private void SettleCgroupEvents()
    {
        foreach (var cgroup in CgroupList)
        {
            var populated = cgroup.Populated;
            var frozen = cgroup.EffectivelyFrozen;
            if (populated == cgroup.PopulatedShown && frozen == cgroup.FrozenShown) continue;
            cgroup.PopulatedShown = populated;
            cgroup.FrozenShown = frozen;
            cgroup.EventsVersion++;
        }
    }
}
