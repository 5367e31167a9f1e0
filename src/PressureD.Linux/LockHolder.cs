using System;
using System.Globalization;
using System.IO;

namespace PressureD.Linux;

/// <summary>Finds who holds a whole-file lock, by <c>/proc/locks</c>.</summary>
internal static class LockHolder
{
    /// <returns>The process that took an exclusive flock on the inode; 0 when there is none to be seen.</returns>
    public static int Find(ulong inode)
    {
        try
        {
            return Parse(File.ReadAllText("/proc/locks"), inode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>
    /// Lines such as "3: FLOCK ADVISORY WRITE 1234 00:18:5678 0 EOF"; those of waiters have an arrow in second place.
    /// The pid is 0 or -1 for a holder in another pid namespace.
    /// </summary>
    internal static int Parse(string locks, ulong inode)
    {
        foreach (string line in locks.Split('\n'))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 6 || words[1] != "FLOCK" || words[3] != "WRITE")
                continue;
            string file = words[5][(words[5].LastIndexOf(':') + 1)..];
            if (ulong.TryParse(file, NumberStyles.None, CultureInfo.InvariantCulture, out ulong found) && found == inode
                && int.TryParse(words[4], NumberStyles.None, CultureInfo.InvariantCulture, out int pid))
            {
                return pid;
            }
        }

        return 0;
    }
}
