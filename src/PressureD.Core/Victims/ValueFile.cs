using System;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;

namespace PressureD.Core.Victims;

/// <summary>A file of a cgroup with one number, read at once.</summary>
internal static class ValueFile
{
    /// <summary>Reads it.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="directory">The cgroup.</param>
    /// <param name="name">The file.</param>
    /// <param name="buffer">Gets the text.</param>
    /// <param name="shortage">Is told why it could not be read.</param>
    /// <returns>What it says; <see cref="Quantity.Unknown"/> when it cannot be read or is cut off.</returns>
    public static long Read(
        IKernel kernel, int directory, ReadOnlySpan<byte> name, Span<byte> buffer, Shortage shortage)
    {
        int length = WholeFile.Read(kernel, directory, name, buffer);
        if (length >= 0 && ValueReader.TryRead(buffer[..length], out long value))
            return value;
        shortage.Note(length < 0 ? length : -Errno.EIO);
        return Quantity.Unknown;
    }
}
