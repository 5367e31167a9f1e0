using System;
using PressureD.Core.Cgroups;

namespace PressureD.Core.Victims;

/// <summary>systemd's system units as components of a cgroup path.</summary>
internal static class UnitNames
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
    /// Whether the path is in that unit of the system's manager: one of the slices it begins with, or the first
    /// component that is no slice. What comes below that belongs to whoever runs there, who may give it any name: a
    /// user's own manager makes a <c>polkit.service</c> for anyone who asks.
    /// </summary>
    public static bool Contains(ReadOnlySpan<byte> path, CgroupPattern unit)
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
