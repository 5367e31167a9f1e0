using System;
using System.Collections.Generic;
using PressureD.Core.Kernel;

namespace PressureD.Cli.Cgroups;

/// <summary>The cgroups that are there at this moment.</summary>
internal static class CgroupWalk
{
    /// <summary>Told of a held cgroup, of its path without a slash in front, and of its having no cgroups below.
    /// </summary>
    internal delegate void Visitor(int directory, byte[] path, bool isLeaf);

    /// <summary>All paths, without a slash in front, empty for the root; none without cgroup v2.</summary>
    internal static List<byte[]> Paths(IKernel kernel)
    {
        var found = new List<byte[]>();
        Visit(kernel, (_, path, _) => found.Add(path));
        return found;
    }

    /// <summary>Visits every cgroup, each before those below it.</summary>
    internal static void Visit(IKernel kernel, Visitor visitor)
    {
        int root = kernel.OpenCgroupRoot();
        if (root < 0)
            return;
        Visit(kernel, root, [], visitor);
        kernel.Close(root);
    }

    private static void Visit(IKernel kernel, int directory, byte[] path, Visitor visitor)
    {
        List<byte[]> children = ChildrenOf(kernel, directory);
        visitor(directory, path, children.Count == 0);
        foreach (byte[] name in children)
        {
            int child = kernel.OpenDirectory(directory, name);
            if (child < 0)
                continue;
            Visit(kernel, child, path.Length == 0 ? name : [.. path, (byte)'/', .. name], visitor);
            kernel.Close(child);
        }
    }

    private static List<byte[]> ChildrenOf(IKernel kernel, int directory)
    {
        var names = new List<byte[]>();
        var buffer = new byte[16 * 1024];
        long position = 0;
        int length;
        while ((length = kernel.ListDirectories(directory, buffer, ref position)) > 0)
        {
            ReadOnlySpan<byte> rest = buffer.AsSpan(0, length);
            while (rest.IndexOf((byte)0) is var end and >= 0)
            {
                names.Add(rest[..end].ToArray());
                rest = rest[(end + 1)..];
            }
        }

        return names;
    }
}
