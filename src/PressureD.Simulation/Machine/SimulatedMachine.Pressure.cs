using System.Collections.Generic;
using PressureD.Simulation.Pressure;

namespace PressureD.Simulation.Machine;

/// <content>Pressure: what tasks did in a tick, booked to every cgroup above them.</content>
public sealed partial class SimulatedMachine
{
    private readonly List<SimulatedCgroup> marked = [];
    private readonly StallAccount rootAccount;

    private void BookPressure()
    {
        var nowNsec = NowUsec * 1000;
        var stalled = Kswapd.TickNsec > 0;
        foreach (var process in ran)
        {
            var stalls = process.TickMemoryNsec + process.TickIoNsec > 0;
            stalled |= stalls;
            for (SimulatedCgroup? cgroup = process.Cgroup; cgroup is { IsRoot: false }; cgroup = cgroup.Parent)
            {
                cgroup.Pressure.MarkActive(nowNsec);
                if (!stalls || cgroup.AccountMarked) continue;
                cgroup.AccountMarked = true;
                cgroup.Account.Clear();
                marked.Add(cgroup);
            }
        }

        // The machine as a whole is never idle for long: its averages are folded every period.
        Root.Pressure.MarkActive(nowNsec);
        if (stalled) BookStalls(nowNsec);
        BookCpu(nowNsec);
        foreach (var cgroup in CgroupList)
            if (cgroup.Pressure.Awake) cgroup.Pressure.Tick(nowNsec);
    }

    private void BookStalls(long nowNsec)
    {
        rootAccount.Clear();
        foreach (var process in ran)
        {
            var run = Share(process.TickRunNsec);
            var memory = Share(process.TickMemoryNsec);
            var io = Share(process.TickIoNsec);
            var waiting = Share(process.TickIoNsec + process.TickReclaimNsec);
            rootAccount.Add(run, memory, io, waiting);
            for (SimulatedCgroup? cgroup = process.Cgroup; cgroup is { IsRoot: false }; cgroup = cgroup.Parent)
                if (cgroup.AccountMarked) cgroup.Account.Add(run, memory, io, waiting);
        }

        // kswapd lives in the root group and works inside a memory stall.
        var background = Share(Kswapd.TickNsec);
        if (background > 0) rootAccount.Add(0, background, 0, background);
        rootAccount.Book(Root.Pressure, TickNsec, nowNsec);
        foreach (var cgroup in marked)
        {
            cgroup.Account.Book(cgroup.Pressure, TickNsec, nowNsec);
            cgroup.AccountMarked = false;
        }

        marked.Clear();
    }

    private void BookCpu(long nowNsec)
    {
        var demand = runNsecThisTick - (TickNsec * Options.Cpus);
        if (demand <= 0) return;
        Root.Pressure.AddStall(PsiState.CpuSome, TickNsec * demand / runNsecThisTick, nowNsec);
    }

    private static long Share(long nsec) => long.Min(FixedPoint.One, (nsec << FixedPoint.Shift) / TickNsec);
}
