using System;
using System.Runtime.CompilerServices;
using PressureD.Core.Kernel;
using PressureD.Linux.Interop;

namespace PressureD.Linux;

/// <summary>Opens the kernel's files.</summary>
internal static unsafe class ControlPath
{
    /// <summary>
    /// Opens an absolute path, or a control file of a directory. It never waits: the open of a FIFO would, for the
    /// other end.
    /// </summary>
    /// <returns>A bare descriptor, or a negative errno.</returns>
    [SkipLocalsInit]
    public static int Open(int directory, ReadOnlySpan<byte> path, int flags)
    {
        Span<byte> terminated = stackalloc byte[NativePath.MaxBytes];
        int result;
        if (directory == KernelDirectory.None)
        {
            if (path.IsEmpty || path[0] != (byte)'/') return -Errno.EINVAL;
            result = NativePath.Terminate(path, terminated);
        }
        else
        {
            flags |= Libc.O_NOFOLLOW;
            result = NativePath.TerminateComponent(path, terminated);
        }

        if (result < 0) return result;
        fixed (byte* start = terminated)
            return Libc.Result(Libc.openat(directory, start, flags | Libc.O_CLOEXEC | Libc.O_NONBLOCK, 0));
    }
}
