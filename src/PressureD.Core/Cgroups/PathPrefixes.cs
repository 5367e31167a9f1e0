using System;

namespace PressureD.Core.Cgroups;

/// <summary>A path and those above it.</summary>
internal static class PathPrefixes
{
    /// <summary>
    /// Whether a path is the other one or lies below it; all are below the root, whose path is empty.
    /// </summary>
    public static bool IsWithin(ReadOnlySpan<byte> path, ReadOnlySpan<byte> other) =>
        path.StartsWith(other) && (other.IsEmpty || path.Length == other.Length || path[other.Length] == '/');

    /// <summary>
    /// Whether the pattern matches the path or one of its ancestors: the path is in a matching cgroup or below it.
    /// </summary>
    public static bool AnyMatches(CgroupPattern pattern, ReadOnlySpan<byte> path)
    {
        while (true)
        {
            if (pattern.IsMatch(path))
                return true;
            int slash = path.LastIndexOf((byte)'/');
            if (slash < 0)
                return false;
            path = path[..slash];
        }
    }

    /// <summary>Whether a path is in what <c>from</c> names, or below it.</summary>
    public static bool IsFrom(CgroupPattern from, CgroupSlot? match, ReadOnlySpan<byte> path)
    {
        if (!from.BelowMatch)
            return AnyMatches(from, path);
        ReadOnlySpan<byte> top = match is null ? default : match.Path;
        if (top.IsEmpty)
            return AnyMatches(from, path);
        return path.Length > top.Length && path.StartsWith(top) && path[top.Length] == '/'
            && AnyMatches(from, path[(top.Length + 1)..]);
    }
}
