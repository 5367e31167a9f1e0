using System;
using System.Buffers.Text;
using PressureD.Core.Kernel;

namespace PressureD.Linux;

/// <summary>Paths below /proc, built in a caller's buffer.</summary>
internal static class ProcessPath
{
    /// <summary>Ten digits, a slash, the longest file name and a NUL.</summary>
    public const int MaxBytes = 32;

    /// <summary>Writes <c>PID/file</c> and a NUL.</summary>
    /// <returns>0, or EINVAL for what is no pid or no file.</returns>
    public static int Format(int pid, ProcessFile file, Span<byte> path) => Format(pid, NameOf(file), path);

    /// <summary>Writes <c>PID/name</c> and a NUL.</summary>
    /// <returns>0, or EINVAL for what is no pid or no name.</returns>
    public static int Format(int pid, ReadOnlySpan<byte> name, Span<byte> path)
    {
        if (pid <= 0 || name.IsEmpty) return -Errno.EINVAL;
        _ = Utf8Formatter.TryFormat(pid, path, out var length);
        path[length++] = (byte)'/';
        name.CopyTo(path[length..]);
        path[length + name.Length] = 0;
        return 0;
    }

    private static ReadOnlySpan<byte> NameOf(ProcessFile file) => file switch
    {
        ProcessFile.Stat => "stat"u8,
        ProcessFile.Statm => "statm"u8,
        ProcessFile.Status => "status"u8,
        ProcessFile.Cgroup => "cgroup"u8,
        ProcessFile.OomScore => "oom_score"u8,
        ProcessFile.OomScoreAdj => "oom_score_adj"u8,
        ProcessFile.Comm => "comm"u8,
        ProcessFile.Cmdline => "cmdline"u8,
        ProcessFile.Exe => "exe"u8,
        ProcessFile.Environ => "environ"u8,
        _ => default,
    };
}
