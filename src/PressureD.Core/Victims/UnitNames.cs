using System;
using PressureD.Core.Cgroups;

namespace PressureD.Core.Victims;

/// <summary>systemd's system units as components of a cgroup path.</summary>
internal static class UnitNames
{
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
