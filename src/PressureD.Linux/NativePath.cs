using System;
using PressureD.Core.Kernel;

namespace PressureD.Linux;

/// <summary>Paths and names as the C library wants them: NUL-terminated, in a caller's buffer.</summary>
internal static class NativePath
{
    /// <summary>Room for the longest path the kernel takes, with its NUL (PATH_MAX).</summary>
    public const int MaxBytes = 4096;

    /// <summary>Copies a path and terminates it.</summary>
    /// <returns>
    /// 0; ENAMETOOLONG when it does not fit; EINVAL when it contains a NUL, which would cut it short.
    /// </returns>
    public static int Terminate(ReadOnlySpan<byte> path, Span<byte> buffer)
    {
        if (path.Length >= buffer.Length) return -Errno.ENAMETOOLONG;
        if (path.Contains((byte)0)) return -Errno.EINVAL;
        path.CopyTo(buffer);
        buffer[path.Length] = 0;
        return 0;
    }

    /// <summary>
    /// Copies a name of one component, which cannot lead anywhere but below the directory it is used with.
    /// </summary>
    /// <returns>As <see cref="Terminate"/>; EINVAL also when it is empty, dots, or has a slash.</returns>
    public static int TerminateComponent(ReadOnlySpan<byte> name, Span<byte> buffer)
    {
        if (name.IsEmpty || name.Contains((byte)'/') || name.SequenceEqual("."u8) || name.SequenceEqual(".."u8))
            return -Errno.EINVAL;
        return Terminate(name, buffer);
    }
}
