using System;
using System.IO;

namespace PressureD.Cli.Scenarios;

/// <summary>Files that are small, unless somebody names a wrong one: a device without an end, a disk image.</summary>
internal static class SmallFile
{
    /// <summary>Reads a file, and of one that is too long a byte more than it may have.</summary>
    /// <param name="path">It.</param>
    /// <param name="most">What it may have; whoever gets more refuses it.</param>
    internal static ReadOnlyMemory<byte> Read(string path, int most)
    {
        const FileShare withoutLock = FileShare.ReadWrite | FileShare.Delete;
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, withoutLock, bufferSize: 0);
        byte[] content = new byte[most + 1];
        int length = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        return content.AsMemory(0, length);
    }
}
