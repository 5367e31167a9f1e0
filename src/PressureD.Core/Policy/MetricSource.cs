namespace PressureD.Core.Policy;

/// <summary>How a metric's value is obtained.</summary>
public enum MetricSource
{
    /// <summary>A field of a pressure file's line.</summary>
    Psi,

    /// <summary>A key of /proc/meminfo, in kB there.</summary>
    Meminfo,

    /// <summary>The increase of a key of /proc/vmstat over the sampling window.</summary>
    VmstatRate,

    /// <summary>A cgroup file with one number, or <c>max</c>.</summary>
    CgroupValue,

    /// <summary>A key of a flat-keyed cgroup file.</summary>
    CgroupKey,

    /// <summary>Derived from others by the sampler.</summary>
    Computed,
}
