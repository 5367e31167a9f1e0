using System;
using System.Collections.Generic;
using PressureD.Core.Kernel;

namespace PressureD.Cli.Checking;

/// <summary>The cgroups that are there at this moment.</summary>
internal static class CgroupPaths
{
    /// <summary>All paths, without a slash in front, empty for the root; none without cgroup v2.</summary>
    internal static List<byte[]> Of(IKernel kernel)
    {
        var found = new List<byte[]>();
        int root = kernel.OpenCgroupRoot();
        if (root >= 0)
        {
            found.Add([]);
            AddBelow(kernel, root, "", found);
            kernel.Close(root);
        }

        return found;
    }

    private static void AddBelow(IKernel kernel, int directory, string path, List<byte[]> found)
    {
        foreach (string name in ChildrenOf(kernel, directory))
        {
            int child = kernel.OpenDirectory(directory, System.Text.Encoding.UTF8.GetBytes(name));
            if (child < 0)
                continue;
            string full = path.Length == 0 ? name : $"{path}/{name}";
            found.Add(System.Text.Encoding.UTF8.GetBytes(full));
            AddBelow(kernel, child, full, found);
            kernel.Close(child);
        }
    }

    private static List<string> ChildrenOf(IKernel kernel, int directory)
    {
        var names = new List<string>();
        var buffer = new byte[16 * 1024];
        long position = 0;
        int length;
        while ((length = kernel.ListDirectories(directory, buffer, ref position)) > 0)
        {
            ReadOnlySpan<byte> rest = buffer.AsSpan(0, length);
            while (rest.IndexOf((byte)0) is var end and >= 0)
            {
                names.Add(System.Text.Encoding.UTF8.GetString(rest[..end]));
                rest = rest[(end + 1)..];
            }
        }

        return names;
    }
}
