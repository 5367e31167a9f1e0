using System;
using System.Runtime.InteropServices;

namespace PressureD.Systemd.Interop;

/// <summary>
/// libsystemd, found when the first function is called. Functions are grouped by their header; those that take a
/// variable number of arguments are left out, since they cannot be called portably.
/// </summary>
internal static partial class Libsystemd
{
    private const string Library = "libsystemd.so.0";

    // 243 is the first version with the vtable layout that this project writes.
    private const string VtableFormatSymbol = "sd_bus_object_vtable_format";

    private static readonly Lazy<Found> State = new(Find);

    /// <summary>Why libsystemd cannot be used, or null when it can.</summary>
    internal static string? Problem => State.Value.Problem;

    /// <summary>The address that the first entry of a vtable must carry.</summary>
    internal static nint VtableFormat => State.Value.VtableFormat;

    private static Found Find()
    {
        if (!NativeLibrary.TryLoad(Library, typeof(Libsystemd).Assembly, null, out nint handle))
        {
            return new Found($"{Library} cannot be loaded", 0);
        }

        return NativeLibrary.TryGetExport(handle, VtableFormatSymbol, out nint format)
            ? new Found(null, format)
            : new Found($"{Library} is older than version 243", 0);
    }

    private sealed record Found(string? Problem, nint VtableFormat);
}
