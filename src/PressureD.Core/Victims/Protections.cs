using System;
using PressureD.Core.Cgroups;

namespace PressureD.Core.Victims;

/// <summary>
/// How much of each cgroup's memory memory.min and memory.low protect, shared out as the kernel does it
/// (mm/page_counter.c, effective_protection, with the mount option memory_recursiveprot that systemd sets): those of
/// one parent together get no more than the parent has. Min and low are taken as one, the greater of the two.
/// </summary>
internal sealed class Protections
{
    private readonly CgroupTable _cgroups;
    private readonly CgroupFigures _figures;

    public Protections(CgroupTable cgroups, CgroupFigures figures)
    {
        _cgroups = cgroups;
        _figures = figures;
    }

    /// <summary>Whether any cgroup has some, as last computed.</summary>
    public bool Any { get; private set; }

    /// <summary>Computes <see cref="CgroupSlot.ProtectedBytes"/> of every cgroup.</summary>
    public void Compute()
    {
        foreach (CgroupSlot slot in _cgroups.Slots)
            slot.ProtectedBytes = 0;
        Any = false;
        if (_cgroups.Slots.Length > 0)
            Share(_cgroups.Slots[0]);
    }

    /// <summary>Shares a parent's protection out; where there is none, what is below it need not be read.</summary>
    private void Share(CgroupSlot parent)
    {
        long claimed = 0;
        foreach (CgroupSlot slot in _cgroups.Slots)
        {
            if (!ReferenceEquals(slot.Parent, parent))
                continue;
            ReadSettings(slot);
            claimed += Math.Min(slot.UsageBytes, slot.ProtectionBytes);
        }

        foreach (CgroupSlot slot in _cgroups.Slots)
        {
            if (!ReferenceEquals(slot.Parent, parent))
                continue;
            long own = Math.Min(slot.UsageBytes, slot.ProtectionBytes);
            slot.ProtectedBytes = parent.Parent is null ? own : ShareOf(slot, own, parent, claimed);
            Any |= slot.ProtectedBytes > 0;
            if (slot.ProtectedBytes > 0 && slot.ChildCount > 0)
                Share(slot);
        }
    }

    private static long ShareOf(CgroupSlot slot, long own, CgroupSlot parent, long claimed)
    {
        long available = parent.ProtectedBytes;
        if (claimed > available)
            return (long)((Int128)own * available / claimed);
        long rest = available - claimed;
        long unprotected = parent.UsageBytes - claimed;
        if (rest == 0 || unprotected <= 0)
            return own;
        return own + (long)((Int128)rest * (slot.UsageBytes - own) / unprotected);
    }

    private void ReadSettings(CgroupSlot slot)
    {
        slot.ProtectionBytes = Math.Max(
            Math.Max(_figures.ReadValue(slot.Directory, "memory.min"u8), 0),
            _figures.ReadValue(slot.Directory, "memory.low"u8));
        slot.UsageBytes = Math.Max(_figures.ReadValue(slot.Directory, "memory.current"u8), 0);
    }
}
