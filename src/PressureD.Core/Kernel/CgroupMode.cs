namespace PressureD.Core.Kernel;

/// <summary>How cgroups are mounted on this machine.</summary>
public enum CgroupMode
{
    /// <summary>No cgroup2 file system anywhere: the host and its processes are guarded, cgroups are not.</summary>
    None,

    /// <summary>
    /// A cgroup2 tree beside v1 hierarchies that hold the memory controller: pressure files and cgroup.kill, no memory
    /// files.
    /// </summary>
    Hybrid,

    /// <summary>cgroup2 alone.</summary>
    Unified,
}
