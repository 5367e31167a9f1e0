using System;
using PressureD.Core.Cgroups;

namespace PressureD.Core.Victims;

/// <summary>systemd's system units as components of a cgroup path.</summary>
public static class UnitNames
{
    /// <summary>Whether a component is named as units with processes are.</summary>
    public static bool IsUnit(ReadOnlySpan<byte> name) =>
        name.EndsWith(".service"u8) || name.EndsWith(".scope"u8) || name.EndsWith(".socket"u8)
        || name.EndsWith(".mount"u8) || name.EndsWith(".swap"u8);

    /// <summary>
    /// Whether a cgroup is a unit with processes: of the system's manager, or of a user's, which keeps its units below
    /// <c>user@UID.service</c>. What is below a unit belongs to it, whatever it is called.
    /// </summary>
    public static bool IsWhole(ReadOnlySpan<byte> path)
    {
        bool inUserSlice = false;
        while (true)
        {
            int slash = path.IndexOf((byte)'/');
            ReadOnlySpan<byte> component = slash < 0 ? path : path[..slash];
            bool isManager = inUserSlice && component.StartsWith("user@"u8) && component.EndsWith(".service"u8);
            if (!isManager && !component.EndsWith(".slice"u8))
                return slash < 0 && IsUnit(component);
            if (slash < 0)
                return false;
            inUserSlice = component.StartsWith("user-"u8);
            path = path[(slash + 1)..];
        }
    }

    /// <summary>
    /// The unit of the system's manager that a cgroup is, slices included; empty when it is none: what is below a unit
    /// belongs to whoever runs there.
    /// </summary>
    public static ReadOnlySpan<byte> OfSystem(ReadOnlySpan<byte> path)
    {
        int last = path.LastIndexOf((byte)'/');
        ReadOnlySpan<byte> name = path[(last + 1)..];
        if (!IsUnit(name) && !name.EndsWith(".slice"u8))
            return default;
        while (last >= 0)
        {
            path = path[..last];
            if (!path.EndsWith(".slice"u8))
                return default;
            last = path.LastIndexOf((byte)'/');
        }

        return name;
    }

    /// <summary>
    /// The unit that a cgroup is, or is in: the first component that is no slice, if it is named as units are.
    /// </summary>
    /// <param name="path">The cgroup, without a leading slash.</param>
    /// <param name="isOfUser">Whether it is a unit of a user's manager, which is a service of the system's.</param>
    /// <returns>Its name; empty when it is in none.</returns>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> path, out bool isOfUser)
    {
        isOfUser = false;
        ReadOnlySpan<byte> unit = default;
        while (!path.IsEmpty)
        {
            int slash = path.IndexOf((byte)'/');
            ReadOnlySpan<byte> component = slash < 0 ? path : path[..slash];
            path = slash < 0 ? default : path[(slash + 1)..];
            if (component.EndsWith(".slice"u8))
                continue;
            if (!IsUnit(component))
                break;
            isOfUser = !unit.IsEmpty;
            unit = component;

            // What a user's manager starts comes below it.
            if (isOfUser || !component.StartsWith("user@"u8))
                break;
        }

        return unit;
    }

    /// <summary>
    /// Whether the path is in that unit of the system's manager: one of the slices it begins with, or the first
    /// component that is no slice. What comes below that belongs to whoever runs there, who may give it any name: a
    /// user's own manager makes a <c>polkit.service</c> for anyone who asks.
    /// </summary>
    internal static bool Contains(ReadOnlySpan<byte> path, CgroupPattern unit)
    {
        while (!path.IsEmpty)
        {
            int slash = path.IndexOf((byte)'/');
            ReadOnlySpan<byte> component = slash < 0 ? path : path[..slash];
            if (unit.IsMatch(component))
                return true;
            if (slash < 0 || !component.EndsWith(".slice"u8))
                return false;
            path = path[(slash + 1)..];
        }

        return false;
    }
}
