using System;
using PressureD.Core.Kernel;

namespace PressureD.Core.Durable;

/// <summary>The values of control files as text.</summary>
internal static class ControlText
{
    /// <summary>Reads a whole control file.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="directory">A cgroup, or <see cref="KernelDirectory.None"/> with an absolute name.</param>
    /// <param name="name">The file.</param>
    /// <param name="buffer">Gets the content.</param>
    /// <returns>Its length, or a negative errno.</returns>
    public static int Read(IKernel kernel, int directory, ReadOnlySpan<byte> name, Span<byte> buffer)
    {
        int file = kernel.OpenFile(directory, name);
        if (file < 0)
            return file;
        int length = kernel.Read(file, buffer);
        kernel.Close(file);
        return length;
    }

    /// <summary>
    /// The value in a control file's content: its first line, of which "default" is left out. io.weight and its like
    /// list devices below that line, and take the line's value as it is written here.
    /// </summary>
    public static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> content)
    {
        int end = content.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? content : content[..end];
        return line.StartsWith("default "u8) ? line["default "u8.Length..] : line;
    }
}
