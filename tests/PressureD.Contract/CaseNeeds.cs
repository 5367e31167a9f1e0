using System;

namespace PressureD.Contract;

/// <summary>What a case needs of the kernel it runs against; without it, the case is skipped with the reason.</summary>
[Flags]
public enum CaseNeeds
{
    None = 0,

    /// <summary>A cgroup2 tree in which cgroups can be made.</summary>
    Cgroups = 1 << 0,

    /// <summary>The memory controller on that tree.</summary>
    MemoryController = 1 << 1,

    /// <summary>PSI and its triggers.</summary>
    Triggers = 1 << 2,

    /// <summary>Trigger windows of 2 s multiples only, as for a process without CAP_SYS_RESOURCE.</summary>
    LongTriggerWindowsOnly = 1 << 3,

    /// <summary>Trigger windows below 2 s.</summary>
    ShortTriggerWindows = 1 << 4,

    CgroupKill = 1 << 5,
    ProcessHandles = 1 << 6,
    ReleaseMemory = 1 << 7,
}
