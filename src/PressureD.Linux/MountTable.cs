using System;
using System.Collections.Generic;
using System.Text;

namespace PressureD.Linux;

/// <summary>What /proc/self/mountinfo says about cgroups.</summary>
/// <param name="Mount">The mount point of cgroup2, or empty.</param>
/// <param name="Root">What of the cgroup2 tree is mounted there: "/" unless a container shows only a part.</param>
/// <param name="HasV1">Whether v1 hierarchies are mounted too.</param>
internal sealed record MountTable(string Mount, string Root, bool HasV1)
{
    private static readonly string[] Usual = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"];

    /// <summary>
    /// Reads the table. Of several cgroup2 mounts the usual places win, then whole trees, then the first.
    /// </summary>
    /// <param name="mountInfo">The file's content (Linux, Documentation/filesystems/proc.rst 3.5).</param>
    public static MountTable Parse(string mountInfo)
    {
        var found = new List<MountTable>();
        var hasV1 = false;
        foreach (var line in mountInfo.Split('\n'))
        {
            // The optional fields before the separator vary in number.
            var separator = line.IndexOf(" - ", StringComparison.Ordinal);
            if (separator < 0) continue;
            var fields = line[..separator].Split(' ');
            var type = line[(separator + 3)..].Split(' ')[0];
            hasV1 |= type == "cgroup";
            if (type == "cgroup2" && fields.Length >= 5)
                found.Add(new MountTable(Unescape(fields[4]), Unescape(fields[3]), false));
        }

        if (found.Count == 0) return new MountTable("", "", hasV1);
        var best = found[0];
        foreach (var mount in found)
        {
            if (Rank(mount) > Rank(best)) best = mount;
        }

        return best with { HasV1 = hasV1 };
    }

    /// <summary>Our cgroup as a path from the mounted root, or empty when it is outside of it.</summary>
    /// <param name="processCgroup">The content of /proc/self/cgroup.</param>
    public string OwnCgroup(string processCgroup)
    {
        if (Mount.Length == 0) return "";
        foreach (var line in processCgroup.Split('\n'))
        {
            if (!line.StartsWith("0::/", StringComparison.Ordinal)) continue;
            var path = line[3..];
            if (path == "/.." || path.StartsWith("/../", StringComparison.Ordinal)) return "";
            if (Root == "/" || Root.StartsWith("/..", StringComparison.Ordinal)) return path;
            if (path == Root) return "/";
            return path.StartsWith(Root + "/", StringComparison.Ordinal) ? path[Root.Length..] : path;
        }

        return "";
    }

    private static int Rank(MountTable mount) =>
        (Array.IndexOf(Usual, mount.Mount) >= 0 ? 2 : 0) + (mount.Root == "/" ? 1 : 0);

    /// <summary>Blanks, tabs, newlines and backslashes of mount points are written as three octal digits.</summary>
    private static string Unescape(string field)
    {
        if (!field.Contains('\\')) return field;
        var bytes = new List<byte>();
        var source = Encoding.UTF8.GetBytes(field);
        for (var at = 0; at < source.Length; at++)
        {
            if (source[at] == '\\' && at + 3 < source.Length && IsOctal(source.AsSpan(at + 1, 3)))
            {
                var high = ((source[at + 1] - '0') * 8) + (source[at + 2] - '0');
                bytes.Add((byte)((high * 8) + (source[at + 3] - '0')));
                at += 3;
            }
            else
            {
                bytes.Add(source[at]);
            }
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static bool IsOctal(ReadOnlySpan<byte> digits) => digits.IndexOfAnyExceptInRange((byte)'0', (byte)'7') < 0;
}
