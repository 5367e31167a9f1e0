using System.Runtime.InteropServices;

namespace PressureD.Linux.Interop;

internal static unsafe partial class Libc
{
    public const int MCL_CURRENT = 1;
    public const int MCL_FUTURE = 2;
    public const int MCL_ONFAULT = 4;
    public const int PROT_READ = 1;
    public const int PROT_WRITE = 2;
    public const int MAP_SHARED = 1;
    public const nint MAP_FAILED = -1;
    public const int M_MMAP_THRESHOLD = -3;
    public const int MADV_POPULATE_READ = 22;
    public const int MADV_DONTNEED_LOCKED = 24;
    public const nuint AT_PHDR = 3;
    public const nuint AT_PHENT = 4;
    public const nuint AT_PHNUM = 5;

    [LibraryImport(Libraries.Libc, SetLastError = true)]
    public static partial int mlockall(int flags);

    [LibraryImport(Libraries.Libc, SetLastError = true)]
    public static partial int mlock(void* address, nuint length);

    [LibraryImport(Libraries.Libc, SetLastError = true)]
    public static partial int madvise(void* address, nuint length, int advice);

    /// <returns>1, or 0 when it was not understood.</returns>
    [LibraryImport(Libraries.Libc)]
    public static partial int mallopt(int parameter, int value);

    [LibraryImport(Libraries.Libc, SetLastError = true)]
    public static partial nint mmap(
        void* address, nuint length, int protection, int flags, int descriptor, long offset);

    /// <summary>What the kernel told the program at its start (getauxval(3)); 0 for what it did not tell.</summary>
    [LibraryImport(Libraries.Libc)]
    public static partial nuint getauxval(nuint kind);

    [LibraryImport(Libraries.Libc, SetLastError = true)]
    public static partial int munmap(void* address, nuint length);

    [LibraryImport(Libraries.Libc, SetLastError = true)]
    public static partial int sysinfo(SystemInfo* info);
}
