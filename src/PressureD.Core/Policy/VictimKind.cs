namespace PressureD.Core.Policy;

/// <summary>What one kill ends.</summary>
public enum VictimKind
{
    Process,

    /// <summary>A leaf cgroup, or one with memory.oom.group = 1, whole.</summary>
    Cgroup,
}
