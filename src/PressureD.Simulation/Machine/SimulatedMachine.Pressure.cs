using System.Collections.Generic;
using PressureD.Simulation.Pressure;

namespace PressureD.Simulation.Machine;

/// <content>Pressure: what tasks did in a tick, booked to every cgroup above them.</content>
public sealed partial class SimulatedMachine
{
    private readonly List<SimulatedCgroup> _marked = [];
    private readonly StallAccount _rootAccount;
    private readonly List<ImposedStall> _imposed = [];

    /// <summary>
    /// Adds stall to a cgroup, or to the machine for the root, in every tick from now on, on top of what tasks do
    /// there; averages and triggers follow as the kernel computes them. Nothing is added to the cgroups above.
    /// </summary>
    /// <param name="cgroup">Whose pressure.</param>
    /// <param name="state">Which line.</param>
    /// <param name="shareMillionths">Share of time; 0 ends it.</param>
    public void ImposeStall(SimulatedCgroup cgroup, PsiState state, long shareMillionths)
    {
        _imposed.RemoveAll(stall => ReferenceEquals(stall.Cgroup, cgroup) && stall.State == state);
        if (shareMillionths > 0)
            _imposed.Add(new ImposedStall(cgroup, state, TickNsec * shareMillionths / 1_000_000));
    }

    /// <summary>Adds these stalls in every tick from now on, and no others.</summary>
    internal void ReplaceStalls(List<ImposedStall> stalls)
    {
        _imposed.Clear();
        _imposed.AddRange(stalls);
    }

    private void BookPressure()
    {
        var nowNsec = NowUsec * 1000;

        // Tasks that share processors wait for one another: each the same part of what it wants.
        var cpuWaits = FixedPoint.Ratio(long.Max(0, _runNsecThisTick - (TickNsec * Options.Cpus)), _runNsecThisTick);
        var stalled = Kswapd.TickNsec > 0 || cpuWaits > 0;
        foreach (var process in _ran)
        {
            var stalls = process.TickMemoryNsec + process.TickIoNsec > 0 || (cpuWaits > 0 && process.TickRunNsec > 0);
            stalled |= stalls;
            for (SimulatedCgroup? cgroup = process.Cgroup; cgroup is { IsRoot: false }; cgroup = cgroup.Parent)
            {
                cgroup.Pressure.MarkActive(nowNsec);
                if (!stalls || cgroup.AccountMarked) continue;
                cgroup.AccountMarked = true;
                cgroup.Account.Clear();
                _marked.Add(cgroup);
            }
        }

        // The machine as a whole is never idle for long: its averages are folded every period.
        Root.Pressure.MarkActive(nowNsec);
        if (stalled) BookStalls(cpuWaits, nowNsec);
        foreach (var stall in _imposed)
            stall.Cgroup.Pressure.AddStall(stall.State, stall.TickNsec, nowNsec);
        foreach (var cgroup in CgroupList)
            if (cgroup.Pressure.Awake) cgroup.Pressure.Tick(nowNsec);
    }

    private void BookStalls(long cpuWaits, long nowNsec)
    {
        _rootAccount.Clear();
        foreach (var process in _ran)
        {
            var run = Share(process.TickRunNsec);
            var memory = Share(process.TickMemoryNsec);
            var io = Share(process.TickIoNsec);
            var waiting = Share(process.TickIoNsec + process.TickReclaimNsec);
            _rootAccount.Add(run, memory, io, waiting);
            for (SimulatedCgroup? cgroup = process.Cgroup; cgroup is { IsRoot: false }; cgroup = cgroup.Parent)
                if (cgroup.AccountMarked) cgroup.Account.Add(run, memory, io, waiting);
        }

        // kswapd lives in the root group and works inside a memory stall.
        var background = Share(Kswapd.TickNsec);
        if (background > 0) _rootAccount.Add(0, background, 0, background);
        _rootAccount.Book(Root.Pressure, TickNsec, nowNsec);
        if (cpuWaits > 0) _rootAccount.BookCpu(Root.Pressure, cpuWaits, isMachine: true, TickNsec, nowNsec);
        foreach (var cgroup in _marked)
        {
            cgroup.Account.Book(cgroup.Pressure, TickNsec, nowNsec);
            if (cpuWaits > 0) cgroup.Account.BookCpu(cgroup.Pressure, cpuWaits, isMachine: false, TickNsec, nowNsec);
            cgroup.AccountMarked = false;
        }

        _marked.Clear();
    }

    private static long Share(long nsec) => long.Min(FixedPoint.One, (nsec << FixedPoint.Shift) / TickNsec);
}
