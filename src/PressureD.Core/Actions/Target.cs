using PressureD.Core.Cgroups;

namespace PressureD.Core.Actions;

/// <summary>A cgroup that an action is to act on.</summary>
internal struct Target
{
    /// <summary>Another cgroup may have the slot since: <see cref="Identity"/> tells.</summary>
    public CgroupSlot? Slot { get; set; }

    /// <summary>Its inode.</summary>
    public long Identity { get; set; }

    /// <summary>Its memory.current when it was found; 0 when that cannot be read.</summary>
    public long SizeBytes { get; set; }

    public readonly bool IsThere => Slot is { Directory: >= 0 } slot && slot.Identity == Identity;
}
