using System;
using PressureD.Core.Cgroups;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;

namespace PressureD.Core.Victims;

/// <summary>
/// Extended attributes of cgroups, of those above up to their unit as well, under systemd's rule of whose attributes
/// count: anybody can set them on what belongs to him.
/// </summary>
internal sealed class CgroupXattrs
{
    /// <summary>No user: of a cgroup whose owner is not known nothing counts.</summary>
    private const long Nobody = -1;

    private readonly IKernel _kernel;
    private readonly CgroupTable _cgroups;
    private readonly Shortage _shortage;
    private readonly byte[] _buffer = new byte[64];
    private OomdXattrs _which;
    private long _ownerUid;
    private long _round;

    public CgroupXattrs(IKernel kernel, CgroupTable cgroups, Shortage shortage)
    {
        _kernel = kernel;
        _cgroups = cgroups;
        _shortage = shortage;
    }

    /// <summary>A selection starts: attributes are read anew, each cgroup's once.</summary>
    /// <param name="which">Whose count.</param>
    /// <param name="match">The rule's match, whose owner's attributes count below it; null for the host.</param>
    public void Begin(OomdXattrs which, CgroupSlot? match)
    {
        _which = which;
        _round++;
        _ownerUid = match is null ? 0 : Math.Max(_kernel.Owner(match.Directory), Nobody);
    }

    /// <summary>What the cgroup, or the nearest above it within its unit, says of itself.</summary>
    public OomdPreference Of(CgroupSlot cgroup)
    {
        if (_which == OomdXattrs.Ignore)
            return OomdPreference.None;
        for (CgroupSlot? slot = cgroup; slot is { Parent: not null }; slot = slot.Parent)
        {
            OomdPreference own = Own(slot);
            if (own != OomdPreference.None)
                return own;
            if (UnitNames.IsUnit(LastComponent(slot.Path)))
                break;
        }

        return OomdPreference.None;
    }

    /// <summary>The same for the cgroup of a path; none when it is not known.</summary>
    public OomdPreference Of(ReadOnlySpan<byte> path) =>
        Nearest(path) is { } slot ? Of(slot) : OomdPreference.None;

    /// <summary>Whether the cgroup of a path, or one above it within its unit, has an attribute that counts.</summary>
    /// <param name="path">Where.</param>
    /// <param name="name">Which.</param>
    /// <param name="unreadable">The answer when it cannot be read at this moment.</param>
    public bool Has(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, bool unreadable)
    {
        bool anybodys = name.StartsWith("trusted."u8) || _which == OomdXattrs.All;
        for (CgroupSlot? slot = Nearest(path); slot is { Parent: not null }; slot = slot.Parent)
        {
            if (IsSet(slot, name, unreadable) && (anybodys || IsEntitled(slot)))
                return true;
            if (UnitNames.IsUnit(LastComponent(slot.Path)))
                break;
        }

        return false;
    }

    /// <summary>The cgroup of a path, or the nearest above it that is known.</summary>
    public CgroupSlot? Nearest(ReadOnlySpan<byte> path)
    {
        while (!path.IsEmpty)
        {
            if (_cgroups.Find(path) is { } slot)
                return slot;
            path = path[..Math.Max(path.LastIndexOf((byte)'/'), 0)];
        }

        return null;
    }

    private static ReadOnlySpan<byte> LastComponent(ReadOnlySpan<byte> path) =>
        path[(path.LastIndexOf((byte)'/') + 1)..];

    private OomdPreference Own(CgroupSlot slot)
    {
        if (slot.PreferenceRound != _round)
        {
            slot.PreferenceRound = _round;
            slot.Preference = ReadOwn(slot);
        }

        return slot.Preference;
    }

    private OomdPreference ReadOwn(CgroupSlot slot)
    {
        // Who may have asked to be left alone is.
        if (IsSet(slot, "trusted.oomd_omit"u8, unreadable: true))
            return OomdPreference.Omit;
        if (IsSet(slot, "user.oomd_omit"u8, unreadable: true) && IsHeard(slot))
            return OomdPreference.Omit;
        if (IsSet(slot, "trusted.oomd_prefer"u8) || IsSet(slot, "user.oomd_prefer"u8))
            return OomdPreference.Prefer;
        if (IsSet(slot, "trusted.oomd_avoid"u8))
            return OomdPreference.Avoid;
        return IsSet(slot, "user.oomd_avoid"u8) && IsHeard(slot) ? OomdPreference.Avoid : OomdPreference.None;
    }

    private bool IsHeard(CgroupSlot slot) => _which == OomdXattrs.All || IsEntitled(slot);

    private bool IsEntitled(CgroupSlot slot)
    {
        long owner = _kernel.Owner(slot.Directory);
        return owner == 0 || (owner > 0 && owner == _ownerUid);
    }

    /// <summary>
    /// There with any value but one of systemd's words for no; oomd looks whether it is there at all.
    /// </summary>
    private bool IsSet(CgroupSlot slot, ReadOnlySpan<byte> name, bool unreadable = false)
    {
        int length = _kernel.GetXattr(slot.Directory, name, _buffer);
        if (length == -Errno.ERANGE)
            return true;
        _shortage.Note(length);
        if (length < 0)
            return unreadable && Errno.IsPassing(length);
        ReadOnlySpan<byte> value = _buffer.AsSpan(0, length).Trim("\0 \n"u8);
        return !(value.SequenceEqual("0"u8) || value.SequenceEqual("no"u8) || value.SequenceEqual("n"u8)
            || value.SequenceEqual("false"u8) || value.SequenceEqual("f"u8) || value.SequenceEqual("off"u8));
    }
}
