using System.Runtime.CompilerServices;

namespace PressureD.Systemd.Interop;

/// <summary>glibc's sigset_t: a bit for each signal, signal 1 first.</summary>
[InlineArray(16)]
internal struct SignalSet
{
    private ulong _bits;

    /// <summary>
    /// Those that a terminal, a child or a service manager sends: 1 to 31 but the ones that a fault of the program
    /// itself raises. The runtime's are above.
    /// </summary>
    internal static SignalSet FromOutside
    {
        get
        {
            const ulong Standard = 0x7fff_ffff;

            // SIGILL 4, SIGTRAP 5, SIGABRT 6, SIGBUS 7, SIGFPE 8, SIGSEGV 11.
            const ulong Faults = (1UL << 3) | (1UL << 4) | (1UL << 5) | (1UL << 6) | (1UL << 7) | (1UL << 10);
            SignalSet set = default;
            set[0] = Standard & ~Faults;
            return set;
        }
    }
}
