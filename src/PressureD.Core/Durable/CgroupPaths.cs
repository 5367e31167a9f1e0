using System;
using PressureD.Core.Kernel;

namespace PressureD.Core.Durable;

/// <summary>Cgroups by path, for the few who have nothing else to name them by.</summary>
internal static class CgroupPaths
{
    /// <summary>Opens a cgroup by its path from the root, component by component.</summary>
    /// <returns>A directory descriptor, or a negative errno, which is never "gone" for the root.</returns>
    public static int Open(IKernel kernel, ReadOnlySpan<byte> path)
    {
        int directory = kernel.OpenCgroupRoot();

        // Whoever has a path has it from a tree that is there: that it is not seen says nothing of a cgroup in it.
        if (Errno.IsGone(directory))
            return -Errno.EIO;
        while (directory >= 0 && !path.IsEmpty)
        {
            int slash = path.IndexOf((byte)'/');
            ReadOnlySpan<byte> name = slash < 0 ? path : path[..slash];
            int next = kernel.OpenDirectory(directory, name);
            kernel.Close(directory);
            directory = next;
            path = slash < 0 ? default : path[(slash + 1)..];
        }

        return directory;
    }
}
