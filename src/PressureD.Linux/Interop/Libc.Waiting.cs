using System.Runtime.InteropServices;

namespace PressureD.Linux.Interop;

internal static unsafe partial class Libc
{
    public const int EPOLL_CLOEXEC = 0x80000;
    public const int EPOLL_CTL_ADD = 1;
    public const int EPOLL_CTL_DEL = 2;
    public const uint EPOLLIN = 0x1;
    public const uint EPOLLPRI = 0x2;
    public const uint EPOLLERR = 0x8;
    public const uint EPOLLHUP = 0x10;
    public const short POLLERR = 0x8;
    public const short POLLHUP = 0x10;
    public const int EFD_SEMAPHORE = 1;
    public const int EFD_NONBLOCK = 0x800;
    public const int EFD_CLOEXEC = 0x80000;

    /// <summary>Bytes of struct epoll_event: packed on x86-64 alone.</summary>
    public static int EpollEventBytes => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    /// <summary>Where its data begins; the event mask is at 0.</summary>
    public static int EpollDataOffset => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    [LibraryImport(Libraries.Libc, SetLastError = true)]
    public static partial int epoll_create1(int flags);

    [LibraryImport(Libraries.Libc, SetLastError = true)]
    public static partial int epoll_ctl(int epoll, int operation, int descriptor, void* epollEvent);

    [LibraryImport(Libraries.Libc, SetLastError = true)]
    public static partial int epoll_wait(int epoll, void* events, int count, int timeoutMsec);

    [LibraryImport(Libraries.Libc, SetLastError = true)]
    public static partial int eventfd(uint initial, int flags);

    [LibraryImport(Libraries.Libc, SetLastError = true)]
    public static partial int poll(PollDescriptor* descriptors, nuint count, int timeoutMsec);
}
