using System.Collections.Generic;
using PressureD.Core.Kernel;

namespace PressureD.Simulation.Machine;

/// <summary>
/// The kernel's own OOM killer: the process with the largest badness, or its whole cgroup with oom.group.
/// </summary>
internal sealed class OomKiller(SimulatedMachine machine)
{
    private readonly List<OomKillRecord> _kills = [];

    /// <summary>All victims in order.</summary>
    public IReadOnlyList<OomKillRecord> Kills => _kills;

    /// <summary>
    /// RSS + swap + page tables + oom_score_adj per mille of the total, in pages; null for what is never chosen.
    /// </summary>
    public static long? Badness(SimulatedProcess process, long totalPages)
    {
        if (process.Pid == 1 || process.IsKernelThread || process.OomScoreAdj == -1000) return null;
        if (!process.IsAlive) return null;
        var pages = process.ResidentPages + process.SwappedPages + process.PageTablePages;
        return pages + (process.OomScoreAdj * (totalPages / 1000));
    }

    /// <summary>Chooses and kills, unless a victim is still on its way out.</summary>
    /// <param name="domain">The cgroup whose limit was hit, or null when the machine ran out.</param>
    public void Run(SimulatedCgroup? domain)
    {
        var total = domain is null ? machine.RamPages + machine.SwapTotalPages : domain.MaxPages;
        SimulatedProcess? chosen = null;
        var worst = long.MinValue;
        foreach (var process in machine.ProcessList)
        {
            if (domain is not null && !process.Cgroup.IsWithin(domain)) continue;
            if (process.State == ProcessState.Dying && !process.OomReaped && process.ResidentPages > 0) return;
            if (process.State != ProcessState.Running || Badness(process, total) is not { } badness) continue;
            if (badness < worst) continue;
            chosen = process;
            worst = badness;
        }

        if (domain is not null) CountEvent(domain, events => events.Oom++);
        if (chosen is null) return;
        var group = GroupOf(chosen, domain);
        Kill(chosen, domain);
        if (group is null) return;
        CountEvent(group, events => events.OomGroupKill++);
        KillAll(group, domain);
    }

    // The topmost cgroup with oom.group between the victim and the domain dies as one.
    private static SimulatedCgroup? GroupOf(SimulatedProcess victim, SimulatedCgroup? domain)
    {
        SimulatedCgroup? group = null;
        for (var cgroup = victim.Cgroup; cgroup is { IsRoot: false }; cgroup = cgroup.Parent!)
        {
            if (cgroup.OomGroup) group = cgroup;
            if (ReferenceEquals(cgroup, domain)) break;
        }

        return group;
    }

    private void KillAll(SimulatedCgroup group, SimulatedCgroup? domain)
    {
        foreach (var process in machine.ProcessList)
        {
            // The first victim is counted again with its group, as the kernel does.
            if (!process.IsAlive || process.OomScoreAdj == -1000 || !process.Cgroup.IsWithin(group)) continue;
            Kill(process, domain);
        }
    }

    private void Kill(SimulatedProcess victim, SimulatedCgroup? domain)
    {
        machine.Counters.OomKills++;
        CountEvent(victim.Cgroup, events => events.OomKill++);
        if (victim.State != ProcessState.Running) return;
        var swappedAndResident = victim.ResidentPages + victim.SwappedPages;
        _kills.Add(new OomKillRecord(
            machine.NowUsec,
            victim.Pid,
            victim.Comm,
            victim.Options.Uid,
            victim.Cgroup.Path,
            domain?.Path ?? "",
            Pages.ToKiB(victim.Resident(RegionKind.Anon)),
            Pages.ToKiB(victim.Resident(RegionKind.File)),
            Pages.ToKiB(victim.Resident(RegionKind.Shmem)),
            Pages.ToKiB(victim.PageTablePages),
            Pages.ToKiB(swappedAndResident),
            victim.OomScoreAdj));
        victim.KilledByKernel = true;
        machine.BeginDeath(victim, Signals.Kill);
    }

    private static void CountEvent(SimulatedCgroup cgroup, System.Action<MemoryEvents> count)
    {
        count(cgroup.LocalEvents);
        for (var node = cgroup; node is { IsRoot: false }; node = node.Parent!) count(node.Events);
    }
}
