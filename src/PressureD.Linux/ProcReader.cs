using System;
using System.Runtime.CompilerServices;
using PressureD.Core.Kernel;
using PressureD.Linux.Interop;

namespace PressureD.Linux;

/// <summary>Reads one file of one process, relative to a held /proc. Used by the loop and by the workers.</summary>
internal static unsafe class ProcReader
{
    /// <summary>Reads until the end or until the buffer is full.</summary>
    /// <returns>The length, or a negative errno.</returns>
    [SkipLocalsInit]
    public static int Read(int proc, int pid, ProcessFile file, Span<byte> buffer)
    {
        Span<byte> path = stackalloc byte[ProcessPath.MaxBytes];
        var result = ProcessPath.Format(pid, file, path);
        if (result < 0) return result;
        fixed (byte* start = path)
        fixed (byte* output = buffer)
        {
            if (file == ProcessFile.Exe)
                return Libc.Result(Libc.readlinkat(proc, start, output, (nuint)buffer.Length));
            var descriptor = Libc.Result(Libc.openat(proc, start, Libc.O_RDONLY | Libc.O_CLOEXEC, 0));
            if (descriptor < 0) return descriptor;
            result = ReadToEnd(descriptor, output, buffer.Length);
            _ = Libc.close(descriptor);
            return result;
        }
    }

    /// <summary>Opens the directory of a process's threads.</summary>
    /// <returns>A descriptor, or a negative errno.</returns>
    [SkipLocalsInit]
    public static int OpenTasks(int proc, int pid)
    {
        Span<byte> path = stackalloc byte[ProcessPath.MaxBytes];
        var result = ProcessPath.Format(pid, "task"u8, path);
        if (result < 0) return result;
        fixed (byte* start = path)
            return Libc.Result(Libc.openat(proc, start, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0));
    }

    private static int ReadToEnd(int descriptor, byte* output, int capacity)
    {
        var length = 0;
        while (length < capacity)
        {
            var got = Libc.Result(Libc.read(descriptor, output + length, (nuint)(capacity - length)));
            if (got == -Errno.EINTR) continue;
            if (got < 0) return got;
            if (got == 0) break;
            length += got;
            if (KernelPage.IsWhole(length, capacity)) break;
        }

        return length;
    }
}
