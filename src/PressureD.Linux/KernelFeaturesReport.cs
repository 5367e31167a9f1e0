using System.Collections.Generic;
using PressureD.Core.Kernel;

namespace PressureD.Linux;

/// <summary>
/// Says in sentences what this machine lacks and what that costs, for logs and reasons of degradation.
/// </summary>
public static class KernelFeaturesReport
{
    /// <summary>One sentence for each thing missing, the costliest first; empty when nothing is.</summary>
    public static IReadOnlyList<string> Missing(KernelFeatures features)
    {
        var missing = new List<string>();
        if (features.Cgroups == CgroupMode.None)
        {
            missing.Add(
                "no cgroup2 file system is mounted: rules on cgroups cannot act; the host is guarded by MemAvailable, "
                + "swap, PSI and processes");
        }
        else if (!features.MemoryController)
        {
            missing.Add(
                "no memory controller on cgroup v2"
                + (features.Cgroups == CgroupMode.Hybrid ? " (a v1 hierarchy holds it)" : "")
                + ": cgroups have no memory use, limits or swap; rules on them see pressure only, and "
                + "the host is guarded by MemAvailable, swap, PSI and processes");
        }

        if (!features.Psi)
            missing.Add("no PSI: conditions on pressure cannot hold; memory and swap are sampled, stalls are not seen");
        else if (!features.Triggers)
            missing.Add("PSI triggers cannot be armed: pressure is sampled, and a sudden stall "
                + "is seen one sample later");

        if (!features.ProcessHandles)
            missing.Add("no pidfd (Linux 5.3): processes cannot be killed without the risk of a reused pid");
        if (features.Cgroups != CgroupMode.None && !features.CgroupKill)
            missing.Add("no cgroup.kill (Linux 5.14): cgroups are killed process by process");
        if (!features.ReleaseMemory)
            missing.Add("no process_mrelease (Linux 5.15): a victim's memory returns when its own exit gets to it");
        if (features.Container)
        {
            missing.Add(
                "inside a container: /proc shows the host's memory and pressure, cgroup files the container's; limits "
                + "above the container are not seen");
        }

        return missing;
    }
}
