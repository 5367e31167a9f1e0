namespace PressureD.Core.Policy;

/// <summary>What one kill ends.</summary>
public enum VictimKind
{
    Process,

    /// <summary>A leaf cgroup, or one with memory.oom.group = 1, whole.</summary>
    Cgroup,

    /// <summary>A process group (setpgid) whole: what a shell starts as one job.</summary>
    ProcessGroup,

    /// <summary>A unit of systemd's system manager or of a user's, whole.</summary>
    Unit,
}
