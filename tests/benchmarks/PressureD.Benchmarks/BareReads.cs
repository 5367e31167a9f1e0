using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;

namespace PressureD.Benchmarks;

/// <summary>What the least costs that a choice among all processes has to ask the kernel.</summary>
internal static unsafe partial class BareReads
{
    private const int CloseOnExec = 0x80000;

    /// <summary>Opens, reads and closes statm of each process that there is.</summary>
    /// <returns>Milliseconds.</returns>
    public static double OfAllProcesses()
    {
        byte[][] paths = [.. Directory.GetDirectories("/proc")
            .Where(path => char.IsAsciiDigit(path["/proc/".Length]))
            .Select(path => Encoding.ASCII.GetBytes(path + "/statm\0"))];
        byte* content = stackalloc byte[256];
        long began = Stopwatch.GetTimestamp();
        foreach (byte[] path in paths)
        {
            fixed (byte* start = path)
            {
                int file = Open(start, CloseOnExec);
                if (file < 0)
                    continue;
                _ = Read(file, content, 256);
                _ = Close(file);
            }
        }

        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    [LibraryImport("libc", EntryPoint = "open")]
    private static partial int Open(byte* path, int flags);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int file, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
