namespace PressureD.Simulation.Machine;

/// <content>What cgroups used of the processors and of the disk, over all time.</content>
public sealed partial class SimulatedMachine
{
    /// <summary>Books processor time.</summary>
    /// <param name="user">Whose task; the root for the kernel's own threads.</param>
    /// <param name="nsec">All of it.</param>
    /// <param name="kernelNsec">The part of it in the kernel.</param>
    internal static void CountCpu(SimulatedCgroup user, long nsec, long kernelNsec)
    {
        for (SimulatedCgroup? cgroup = user; cgroup is not null; cgroup = cgroup.Parent)
        {
            cgroup.CpuNsec += nsec;
            cgroup.CpuKernelNsec += kernelNsec;
        }
    }

    internal static void CountDiskRead(SimulatedCgroup reader)
    {
        for (SimulatedCgroup? cgroup = reader; cgroup is not null; cgroup = cgroup.Parent) cgroup.DiskReads++;
    }

    /// <summary>Books what reads bring, with read-ahead.</summary>
    internal static void CountDiskPages(SimulatedCgroup reader, long pages)
    {
        for (SimulatedCgroup? cgroup = reader; cgroup is not null; cgroup = cgroup.Parent)
            cgroup.DiskReadPages += pages;
    }

    /// <summary>Books writes to the cgroup that pays for the memory.</summary>
    internal static void CountDiskWrites(SimulatedCgroup owner, long pages, long operations)
    {
        for (SimulatedCgroup? cgroup = owner; cgroup is not null; cgroup = cgroup.Parent)
        {
            cgroup.DiskWrittenPages += pages;
            cgroup.DiskWrites += operations;
        }
    }

    // Tasks that share processors wait for one another: of what they wanted they got the same part.
    private void BookCpuTime()
    {
        var wanted = long.Max(1, _runNsecThisTick);
        var got = long.Min(wanted, TickNsec * Options.Cpus);
        foreach (var process in _ran)
        {
            var nsec = FixedPoint.Part(process.TickRunNsec, got, wanted);
            var kernelNsec = FixedPoint.Part(process.TickKernelNsec, got, wanted);
            if (nsec > 0) CountCpu(process.Cgroup, nsec, kernelNsec);
        }

        var background = long.Min(Kswapd.TickNsec, TickNsec);
        if (background > 0) CountCpu(Root, background, background);
    }
}
