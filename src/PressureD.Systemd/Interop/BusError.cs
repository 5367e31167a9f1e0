using System;
using System.Runtime.InteropServices;

namespace PressureD.Systemd.Interop;

/// <summary>sd_bus_error: what a failed call answered. Given back with <see cref="Libsystemd.BusErrorFree"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct BusError
{
    public byte* Name;
    public byte* Message;
    public int NeedsFree;

    /// <summary>The error's name, or an empty span.</summary>
    public readonly ReadOnlySpan<byte> NameSpan => MemoryMarshal.CreateReadOnlySpanFromNullTerminated(Name);
}
