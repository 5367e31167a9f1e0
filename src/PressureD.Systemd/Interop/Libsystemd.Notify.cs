using System.Runtime.InteropServices;

namespace PressureD.Systemd.Interop;

/// <summary>systemd/sd-daemon.h.</summary>
internal static partial class Libsystemd
{
    /// <summary>
    /// Sends UTF-8 text that ends in NUL. Positive when sent, 0 when nobody asked for it, else a negative errno.
    /// </summary>
    [LibraryImport(Library, EntryPoint = "sd_notify")]
    internal static unsafe partial int Notify(int unsetEnvironment, byte* state);

    /// <summary>
    /// Positive when the service manager expects to be told that we live, at most this many microseconds apart.
    /// </summary>
    [LibraryImport(Library, EntryPoint = "sd_watchdog_enabled")]
    internal static partial int WatchdogEnabled(int unsetEnvironment, out ulong usec);
}
