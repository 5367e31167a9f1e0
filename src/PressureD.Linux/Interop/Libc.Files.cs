using System.Runtime.InteropServices;

namespace PressureD.Linux.Interop;

internal static unsafe partial class Libc
{
    public const int O_RDONLY = 0;
    public const int O_WRONLY = 1;
    public const int O_RDWR = 2;
    public const int O_CREAT = 0x40;
    public const int O_NONBLOCK = 0x800;
    public const int O_CLOEXEC = 0x80000;

    public const int SEEK_SET = 0;
    public const int AT_FDCWD = -100;
    public const int AT_EMPTY_PATH = 0x1000;
    public const int F_DUPFD_CLOEXEC = 1030;
    public const uint STATX_TYPE = 0x1;
    public const uint STATX_MODE = 0x2;
    public const uint STATX_NLINK = 0x4;
    public const uint STATX_UID = 0x8;
    public const uint STATX_INO = 0x100;
    public const uint STATX_SIZE = 0x200;
    public const int S_IFMT = 0xF000;
    public const int S_IFREG = 0x8000;
    public const int LOCK_EX = 2;
    public const int LOCK_NB = 4;
    public const byte DT_DIR = 4;

    /// <summary>Differs by architecture: arm gave the two flags each other's values.</summary>
    public static int O_DIRECTORY => IsArm ? 0x4000 : 0x10000;

    /// <inheritdoc cref="O_DIRECTORY"/>
    public static int O_NOFOLLOW => IsArm ? 0x8000 : 0x20000;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

    [LibraryImport(Libraries.Libc, SetLastError = true)]
    public static partial int openat(int directory, byte* path, int flags, uint mode);

    [LibraryImport(Libraries.Libc, SetLastError = true)]
    public static partial int close(int descriptor);

    [LibraryImport(Libraries.Libc, SetLastError = true)]
    public static partial nint read(int descriptor, void* buffer, nuint count);

    [LibraryImport(Libraries.Libc, SetLastError = true)]
    public static partial nint pread(int descriptor, void* buffer, nuint count, long offset);

    [LibraryImport(Libraries.Libc, SetLastError = true)]
    public static partial nint write(int descriptor, void* buffer, nuint count);

    [LibraryImport(Libraries.Libc, SetLastError = true)]
    public static partial long lseek(int descriptor, long offset, int whence);

    /// <summary>glibc 2.30. Entries: ino 8, offset 8, length 2, type 1, name with NUL.</summary>
    [LibraryImport(Libraries.Libc, SetLastError = true)]
    public static partial nint getdents64(int directory, void* buffer, nuint count);

    [LibraryImport(Libraries.Libc, SetLastError = true)]
    public static partial nint readlinkat(int directory, byte* path, byte* buffer, nuint count);

    [LibraryImport(Libraries.Libc, SetLastError = true)]
    public static partial int statx(int directory, byte* path, int flags, uint mask, StatxBuffer* buffer);

    [LibraryImport(Libraries.Libc, SetLastError = true)]
    public static partial int fcntl(int descriptor, int command, int argument);

    [LibraryImport(Libraries.Libc, SetLastError = true)]
    public static partial int fchmod(int descriptor, uint mode);

    [LibraryImport(Libraries.Libc, SetLastError = true)]
    public static partial int ftruncate(int descriptor, long length);

    /// <summary>Returns the error number instead of leaving it in errno.</summary>
    [LibraryImport(Libraries.Libc)]
    public static partial int posix_fallocate(int descriptor, long offset, long length);

    [LibraryImport(Libraries.Libc, SetLastError = true)]
    public static partial int flock(int descriptor, int operation);

    [LibraryImport(Libraries.Libc)]
    public static partial uint geteuid();
}
