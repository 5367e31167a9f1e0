using System;

namespace PressureD.Core.Cgroups;

/// <summary>
/// Cgroup paths as numbers to look them up by (FNV-1a). Users can name cgroups so that hashes collide: whoever looks up
/// by one compares the path as well, and a collision costs a longer search and nothing else.
/// </summary>
public static class PathHash
{
    public static ulong Of(ReadOnlySpan<byte> path)
    {
        ulong hash = 14695981039346656037;
        foreach (byte b in path)
            hash = (hash ^ b) * 1099511628211;
        return hash;
    }
}
