using System.Collections.Generic;
using PressureD.Core.Kernel;
using PressureD.Simulation.Kernel;
using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Recordings;

/// <summary>The machine onto which a recording is laid: it has what the recorded one had.</summary>
internal static class RecordedMachine
{
    /// <summary>No process has it: pids go up to 2^22 − 1.</summary>
    private const int FreePid = 4_194_304;

    /// <summary>A machine without anything of its own.</summary>
    /// <param name="values">What the recording says of it; see <see cref="MachineText"/>.</param>
    /// <param name="startUsec">The first sample's moment.</param>
    public static MachineOptions Options(Dictionary<string, string> values, long startUsec) => new()
    {
        IsReplayed = true,
        RamBytes = 8L << 30,
        StartUsec = startUsec,
        Profile = KernelProfile.Longterm618 with
        {
            Name = values.GetValueOrDefault("release", ""),
            Cgroups = values.GetValueOrDefault("cgroups") switch
            {
                nameof(CgroupMode.Unified) => CgroupMode.Unified,
                nameof(CgroupMode.Hybrid) => CgroupMode.Hybrid,
                _ => CgroupMode.None,
            },
            CgroupMount = values.GetValueOrDefault("cgroup-mount", ""),
            Psi = values.GetValueOrDefault("psi") == "yes",
            CgroupKill = values.GetValueOrDefault("cgroup-kill") == "yes",
            ProcessHandles = values.GetValueOrDefault("process-handles") == "yes",
            ReleaseMemory = values.GetValueOrDefault("release-memory") == "yes",
            MinTriggerWindowUsec = KernelProfile.Debian12.MinTriggerWindowUsec,
        },
    };

    /// <summary>The daemon's place there: where it ran when it was recorded, or a place of its own.</summary>
    /// <param name="recorded">Its pid and cgroup in the recording, or null.</param>
    public static SimulatedKernelOptions Daemon((int Pid, string Cgroup)? recorded) => recorded is var (pid, cgroup)
        ? new SimulatedKernelOptions { OwnPid = pid, OwnCgroup = cgroup }
        : new SimulatedKernelOptions { OwnPid = FreePid };
}
