namespace PressureD.Core.Policy;

/// <summary>How a metric's value is obtained.</summary>
public enum MetricSource
{
    /// <summary>A field of a pressure file's line.</summary>
    Psi,

    /// <summary>A key of /proc/meminfo, in kB there.</summary>
    Meminfo,

    /// <summary>A counter of /proc/vmstat, or the sum of several joined by <c>+</c>.</summary>
    Vmstat,

    /// <summary>The increase of such a counter over the sampling window, a second.</summary>
    VmstatRate,

    /// <summary>A cgroup file with one number, or <c>max</c>.</summary>
    CgroupValue,

    /// <summary>A key of a flat-keyed cgroup file.</summary>
    CgroupKey,

    /// <summary>A key of io.stat, summed over the devices, or <c>cost</c>.</summary>
    IoStat,

    /// <summary>A row of ZFS's arcstats.</summary>
    Arc,

    /// <summary>Effective memory.min or memory.low: what of it the ancestors leave.</summary>
    Protection,

    /// <summary>A function over the last values of another metric.</summary>
    Window,

    /// <summary>Derived from others by the sampler.</summary>
    Computed,
}
