using System;
using System.Text;
using PressureD.Core.Cgroups;

namespace PressureD.Core.Victims;

/// <summary>systemd's units as components of a cgroup path.</summary>
internal static class UnitNames
{
    /// <summary>Whether some component of the path is the unit: the candidate is in it or below it.</summary>
    public static bool Contains(ReadOnlySpan<byte> path, CgroupPattern unit)
    {
        while (!path.IsEmpty)
        {
            int slash = path.IndexOf((byte)'/');
            if (unit.IsMatch(slash < 0 ? path : path[..slash]))
                return true;
            if (slash < 0)
                return false;
            path = path[(slash + 1)..];
        }

        return false;
    }
}
