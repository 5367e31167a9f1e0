using System.Runtime.InteropServices;

namespace PressureD.Linux.Interop;

internal static unsafe partial class Libc
{
    // Numbers from 424 on are the same on every architecture that .NET runs on.
    public const int SYS_pidfd_send_signal = 424;
    public const int SYS_pidfd_open = 434;
    public const int SYS_process_mrelease = 448;

    /// <summary>
    /// The C library's wrappers of these calls are younger than the kernels we run on (glibc 2.36), so they are made by
    /// number.
    /// </summary>
    [LibraryImport(Libraries.Libc, SetLastError = true)]
    public static partial nint syscall(nint number, nint first, nint second, nint third, nint fourth);
}
