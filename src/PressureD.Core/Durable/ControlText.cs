using System;
using PressureD.Core.Kernel;

namespace PressureD.Core.Durable;

/// <summary>The values of control files as text.</summary>
internal static class ControlText
{
    /// <summary>
    /// Reads the value of a control file: its first line, of which "default" is left out. io.weight and its like list
    /// devices below that line, and take the line's value as it is written here.
    /// </summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="directory">A cgroup, or <see cref="KernelDirectory.None"/> with an absolute name.</param>
    /// <param name="name">The file.</param>
    /// <param name="buffer">Gets the content.</param>
    /// <param name="value">The value, in the buffer; empty when it could not be read.</param>
    /// <returns>
    /// 0, or a negative errno: EIO for a line without its end, which may have been cut off. What is put back later must
    /// not be a part of what was there.
    /// </returns>
    public static int Read(
        IKernel kernel, int directory, ReadOnlySpan<byte> name, Span<byte> buffer, out ReadOnlySpan<byte> value)
    {
        value = default;
        int length = WholeFile.Read(kernel, directory, name, buffer);
        if (length < 0)
            return length;
        int end = buffer[..length].IndexOf((byte)'\n');
        if (end < 0)
            return -Errno.EIO;
        value = buffer[..end];
        if (value.StartsWith("default "u8))
            value = value["default "u8.Length..];
        return 0;
    }
}
