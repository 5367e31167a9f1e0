using System.Collections.Generic;
using PressureD.Core.Kernel;

namespace PressureD.Linux;

/// <summary>
/// Says in sentences what this machine lacks and what that costs, for logs and reasons of degradation.
/// </summary>
public static class KernelFeaturesReport
{
    private const string Remedy = "boot with systemd.unified_cgroup_hierarchy=1";

    /// <summary>What cgroups were found, for the log at start and for checks.</summary>
    public static string Found(KernelFeatures features) => (features.Cgroups, features.HasCgroups1) switch
    {
        (CgroupMode.Unified, _) => $"cgroup v2 at {features.CgroupMount}",
        (CgroupMode.Hybrid, _) => $"hybrid cgroups: v2 at {features.CgroupMount}, beside v1 hierarchies",
        (_, true) => "cgroup v1 alone",
        _ => "no cgroups",
    };

    /// <summary>One sentence for each thing missing, the costliest first; empty when nothing is.</summary>
    public static IReadOnlyList<string> Missing(KernelFeatures features)
    {
        var missing = new List<string>();
        if (features.Cgroups == CgroupMode.None)
        {
            missing.Add(
                "no cgroup2 file system is mounted" + (features.HasCgroups1 ? " (cgroup v1 alone)" : "")
                + ": rules on cgroups cannot act; the host is guarded by MemAvailable, swap, PSI and processes; "
                + "remedy: " + Remedy);
        }
        else if (!features.MemoryController)
        {
            missing.Add(
                "no memory controller on cgroup v2"
                + (features.Cgroups == CgroupMode.Hybrid ? " (a v1 hierarchy holds it)" : "")
                + ": cgroups have no memory use, limits or swap; rules on them see pressure only, and "
                + "the host is guarded by MemAvailable, swap, PSI and processes; remedy: " + Remedy);
        }

        if (!features.Psi)
            missing.Add("no PSI: conditions on pressure cannot hold; memory and swap are sampled, stalls are not seen; "
                + "remedy: boot with psi=1, on a kernel with CONFIG_PSI");
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
