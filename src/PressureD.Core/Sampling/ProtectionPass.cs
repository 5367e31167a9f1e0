using System;
using PressureD.Core.Cgroups;
using PressureD.Core.Policy;
using PressureD.Core.Readers;

namespace PressureD.Core.Sampling;

/// <summary>
/// Effective memory.min and memory.low: what a cgroup's setting is worth after its ancestors' share has been divided
/// among it and its siblings, as the kernel does it when it reclaims for the whole machine (effective_protection in
/// mm/page_counter.c), with the mount option memory_recursiveprot that systemd sets.
/// </summary>
internal sealed class ProtectionPass
{
    private readonly CgroupSamples _samples;
    private readonly int[] _slots;
    private readonly int _current;
    private readonly int _minSlot;
    private readonly int _lowSlot;
    private readonly int _effectiveMin;
    private readonly int _effectiveLow;

    private ProtectionPass(Metric[] metrics, CgroupSamples samples)
    {
        int SlotOf(string name) => Array.FindIndex(metrics, metric => metric.Name == name);
        _samples = samples;
        _current = SlotOf("memory.current");
        _minSlot = SlotOf("memory.min");
        _lowSlot = SlotOf("memory.low");
        _effectiveMin = SlotOf("memory.min.effective");
        _effectiveLow = SlotOf("memory.low.effective");
        _slots = [_current, _minSlot, _lowSlot];
    }

    /// <summary>Null when no rule asks about it.</summary>
    public static ProtectionPass? For(Metric[] metrics, CgroupSamples samples) =>
        Array.Exists(metrics, static metric => metric.Source == MetricSource.Protection)
            ? new ProtectionPass(metrics, samples)
            : null;

    /// <summary>Everybody's usage and settings count for everybody else's share.</summary>
    /// <returns>Whether there was room for it.</returns>
    public bool Add(CgroupSlot cgroup) => _samples.Require(cgroup, _slots) is not null;

    /// <summary>Computes the values of all cgroups from those of this step.</summary>
    /// <param name="cgroups">Parents before children.</param>
    public void Compute(ReadOnlySpan<CgroupSlot> cgroups)
    {
        if (_effectiveMin >= 0)
            Compute(cgroups, _minSlot, _effectiveMin);
        if (_effectiveLow >= 0)
            Compute(cgroups, _lowSlot, _effectiveLow);
    }

    private void Compute(ReadOnlySpan<CgroupSlot> cgroups, int setting, int effective)
    {
        foreach (CgroupSlot cgroup in cgroups)
        {
            if (_samples.Find(cgroup) is { } sampler)
                sampler.ChildrenProtected = 0;
        }

        foreach (CgroupSlot cgroup in cgroups)
        {
            if (cgroup.Parent is not { } parent || _samples.Find(cgroup) is not { } own
                || _samples.Find(parent) is not { } above)
            {
                continue;
            }

            long sum = above.ChildrenProtected + Used(own, setting);
            above.ChildrenProtected = sum < 0 ? Quantity.Unlimited : sum;
        }

        foreach (CgroupSlot cgroup in cgroups)
        {
            if (_samples.Find(cgroup) is { } sampler)
                sampler.Computed[effective] = Effective(cgroup, sampler, setting, effective);
        }
    }

    private long Effective(CgroupSlot cgroup, CgroupSampler own, int setting, int effective)
    {
        if (cgroup.Parent is not { } parent)
            return Quantity.Unknown;
        long usage = own.Values[_current];
        long set = own.Values[setting];
        if (usage == Quantity.Unknown || set == Quantity.Unknown)
            return Quantity.Unknown;

        // The first level has no ancestor to divide anything.
        if (parent.Parent is null || _samples.Find(parent) is not { } above)
            return set;
        return Of(
            usage, set, above.Values[_current], Math.Max(above.Values[effective], 0), above.ChildrenProtected);
    }

    /// <summary>The kernel's arithmetic for one cgroup. Bytes.</summary>
    /// <param name="usage">What the cgroup uses.</param>
    /// <param name="setting">Its memory.min or memory.low.</param>
    /// <param name="parentUsage">What its parent uses.</param>
    /// <param name="parentEffective">What its parent's is worth.</param>
    /// <param name="siblingsProtected">The lesser of usage and setting, summed over it and its siblings.</param>
    public static long Of(long usage, long setting, long parentUsage, long parentEffective, long siblingsProtected)
    {
        long own = Math.Min(usage, setting);
        if (siblingsProtected > parentEffective)
            return (long)((Int128)own * parentEffective / siblingsProtected);
        if (parentEffective <= siblingsProtected || parentUsage <= siblingsProtected || usage <= own)
            return own;

        // What nobody below has claimed goes to those whose usage is above their claim, in proportion.
        Int128 unclaimed = parentEffective - siblingsProtected;
        Int128 more = unclaimed * (usage - own) / (parentUsage - siblingsProtected);
        return (long)Int128.Min(own + more, Quantity.Unlimited);
    }

    private long Used(CgroupSampler sampler, int setting) =>
        Math.Max(Math.Min(sampler.Values[_current], sampler.Values[setting]), 0);
}
