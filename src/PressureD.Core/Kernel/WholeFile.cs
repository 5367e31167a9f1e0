using System;

namespace PressureD.Core.Kernel;

/// <summary>Files that are read at once, and not held open for the next time.</summary>
public static class WholeFile
{
    /// <summary>Opens, reads and closes a file.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="directory">A cgroup, or <see cref="KernelDirectory.None"/> with an absolute name.</param>
    /// <param name="name">The file.</param>
    /// <param name="buffer">Gets the content; what does not fit is left out.</param>
    /// <returns>How much was read, or a negative errno.</returns>
    public static int Read(IKernel kernel, int directory, ReadOnlySpan<byte> name, Span<byte> buffer)
    {
        int file = kernel.OpenFile(directory, name);
        if (file < 0)
            return file;
        int length = kernel.Read(file, buffer);
        kernel.Close(file);
        return length;
    }
}
