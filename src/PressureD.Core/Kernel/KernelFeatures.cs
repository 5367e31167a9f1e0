namespace PressureD.Core.Kernel;

/// <summary>What this machine has, probed once by trying, never derived from a version number.</summary>
public sealed record KernelFeatures
{
    public required CgroupMode Cgroups { get; init; }

    /// <summary>Whether a v1 hierarchy of cgroups is mounted.</summary>
    public bool HasCgroups1 { get; init; }

    /// <summary>The cgroup2 mount point, or empty.</summary>
    public required string CgroupMount { get; init; }

    /// <summary>Whether cgroups there have memory files (memory.current and so on).</summary>
    public required bool MemoryController { get; init; }

    /// <summary>Whether /proc/pressure exists and answers.</summary>
    public required bool Psi { get; init; }

    /// <summary>
    /// Whether pressure triggers can be armed at all: before 6.4, opening a host pressure file for that needs
    /// CAP_SYS_RESOURCE.
    /// </summary>
    public bool Triggers { get; init; } = true;

    /// <summary>Whether pressure triggers may have windows below 2 s (CAP_SYS_RESOURCE).</summary>
    public required bool ShortTriggerWindows { get; init; }

    /// <summary>Whether non-root cgroups have cgroup.kill (5.14).</summary>
    public required bool CgroupKill { get; init; }

    /// <summary>Whether processes can be held and signalled by descriptor (5.3).</summary>
    public required bool ProcessHandles { get; init; }

    /// <summary>Whether process_mrelease exists (5.15).</summary>
    public required bool ReleaseMemory { get; init; }

    /// <summary>Whether we run inside a container: /proc shows the host, cgroup files the container.</summary>
    public required bool Container { get; init; }

    /// <summary>Our own process id.</summary>
    public required int OwnPid { get; init; }

    /// <summary>
    /// Our own cgroup as a path from the cgroup2 root ("/" for the root itself), or empty when there is none.
    /// </summary>
    public required string OwnCgroup { get; init; }

    /// <summary>Bytes of a page.</summary>
    public required int PageBytes { get; init; }

    /// <summary>Clock ticks per second in /proc/PID/stat (USER_HZ).</summary>
    public required int ClockTicks { get; init; }
}
