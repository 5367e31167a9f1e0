using System.Runtime.InteropServices;

namespace PressureD.Systemd.Interop;

/// <summary>The few calls for waiting and waking that the threads of this project need.</summary>
internal static unsafe partial class Libc
{
    internal const short PollIn = 1;
    internal const int PipeNonBlocking = 0x800;
    internal const int PipeCloseOnExec = 0x80000;
    internal const int EventDescriptorNonBlocking = 0x800;
    internal const int EventDescriptorCloseOnExec = 0x80000;

    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    internal static partial int Poll(PollDescriptor* descriptors, nuint count, int timeoutMsec);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    internal static partial int EventDescriptor(uint initial, int flags);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(int descriptor, void* buffer, nuint count);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(int descriptor, void* buffer, nuint count);

    [LibraryImport(Library, EntryPoint = "pipe2", SetLastError = true)]
    internal static partial int Pipe(int* ends, int flags);

    /// <summary>SIG_BLOCK and SIG_SETMASK of Linux, as on every architecture but MIPS, SPARC and Alpha.</summary>
    internal const int SignalsBlock = 0;
    internal const int SignalsSet = 2;

    [LibraryImport(Library, EntryPoint = "pthread_sigmask")]
    internal static partial int SignalMask(int how, SignalSet* set, SignalSet* before);

    [LibraryImport(Library, EntryPoint = "dup", SetLastError = true)]
    internal static partial int Duplicate(int descriptor);

    [LibraryImport(Library, EntryPoint = "geteuid")]
    internal static partial uint GetEffectiveUid();

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int descriptor);
}
