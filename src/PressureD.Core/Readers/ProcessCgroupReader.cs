using System;

namespace PressureD.Core.Readers;

/// <summary>Reads <c>/proc/PID/cgroup</c>.</summary>
public static class ProcessCgroupReader
{
    /// <summary>
    /// Gives the process's cgroup v2 path below the mount, without its leading slash: empty for the root. Outside the
    /// reader's cgroup namespace it begins with <c>..</c>. False without a v2 line, when that line was cut off, and
    /// when the cgroup has been removed under a process that is exiting.
    /// </summary>
    /// <param name="text">The file's content; lines of v1 hierarchies are passed over.</param>
    /// <param name="path">A part of <paramref name="text"/>. Any byte but newline and NUL may be in it.</param>
    public static bool TryRead(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> path)
    {
        var lines = new TextCursor(text);
        while (lines.TryLine(out ReadOnlySpan<byte> line))
        {
            if (!line.StartsWith("0::/"u8))
                continue;
            path = line[4..];
            if (!path.EndsWith(" (deleted)"u8))
                return true;
            break;
        }

        path = default;
        return false;
    }
}
