using System.Runtime.InteropServices;

namespace PressureD.Linux.Interop;

internal static unsafe partial class Libc
{
    [LibraryImport(Libraries.Libc, SetLastError = true)]
    public static partial nint fgetxattr(int descriptor, byte* name, void* value, nuint size);

    [LibraryImport(Libraries.Libc, SetLastError = true)]
    public static partial int fsetxattr(int descriptor, byte* name, void* value, nuint size, int flags);
}
