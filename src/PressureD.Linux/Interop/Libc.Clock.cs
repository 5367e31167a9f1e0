using System.Runtime.InteropServices;

namespace PressureD.Linux.Interop;

internal static unsafe partial class Libc
{
    public const int CLOCK_MONOTONIC = 1;
    public const int SC_CLK_TCK = 2;
    public const int SC_PAGESIZE = 30;

    [LibraryImport(Libraries.Libc)]
    public static partial int clock_gettime(int clock, Timespec* time);

    [LibraryImport(Libraries.Libc)]
    public static partial nint sysconf(int name);
}
