using System;
using PressureD.Core.Kernel;

namespace PressureD.Contract;

/// <summary>One thing that every kernel behind the port does.</summary>
/// <param name="Name">A sentence about the kernel, unique in the suite.</param>
/// <param name="Needs">What it can be shown with.</param>
/// <param name="Run">Throws <see cref="ContractFailure"/> when the kernel does something else.</param>
public sealed record ContractCase(string Name, CaseNeeds Needs, Action<IKernel, IKernelStage> Run)
{
    /// <summary>Why this case cannot be shown here, or null when it can.</summary>
    public string? Lacks(KernelFeatures features, IKernelStage stage)
    {
        if (Needs.HasFlag(CaseNeeds.Cgroups) && features.Cgroups == CgroupMode.None) return "no cgroup2 file system";
        if (Needs.HasFlag(CaseNeeds.Cgroups) && stage.CgroupsUnusable is { } reason) return reason;
        if (Needs.HasFlag(CaseNeeds.MemoryController) && !features.MemoryController)
            return "no memory controller on cgroup v2";
        if (Needs.HasFlag(CaseNeeds.Triggers) && !(features.Psi && features.Triggers)) return "no PSI triggers";
        if (Needs.HasFlag(CaseNeeds.LongTriggerWindowsOnly) && features.ShortTriggerWindows)
            return "trigger windows are not restricted here";
        if (Needs.HasFlag(CaseNeeds.ShortTriggerWindows) && !features.ShortTriggerWindows)
            return "no CAP_SYS_RESOURCE: trigger windows are multiples of 2 s";
        if (Needs.HasFlag(CaseNeeds.CgroupKill) && !features.CgroupKill) return "no cgroup.kill";
        if (Needs.HasFlag(CaseNeeds.ProcessHandles) && !features.ProcessHandles) return "no pidfd";
        if (Needs.HasFlag(CaseNeeds.ReleaseMemory) && !features.ReleaseMemory) return "no process_mrelease";
        return null;
    }

    public override string ToString() => Name;
}
