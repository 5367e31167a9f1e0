using System;
using PressureD.Core.Kernel;
using PressureD.Core.Readers;

namespace PressureD.Core.Victims;

/// <summary>/proc/PID/stat, read at once.</summary>
internal static class StatFile
{
    /// <summary>Reads it.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="pid">The process.</param>
    /// <param name="buffer">Gets the text, in which the comm is.</param>
    /// <param name="stat">What it says.</param>
    /// <returns>0, or a negative errno; EIO when it is cut off.</returns>
    public static int Read(IKernel kernel, int pid, Span<byte> buffer, out ProcessStat stat)
    {
        stat = default;
        int length = kernel.ReadProcess(pid, ProcessFile.Stat, buffer);
        if (length < 0)
            return length;
        return ProcessStatReader.TryRead(buffer[..length], out stat) ? 0 : -Errno.EIO;
    }
}
