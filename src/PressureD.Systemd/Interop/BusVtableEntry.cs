using System.Runtime.InteropServices;

namespace PressureD.Systemd.Interop;

/// <summary>
/// struct sd_bus_vtable since version 243: the type in the low byte of the first word and the flags above it, then a
/// union of six words. What a kind does not use must be zero.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BusVtableEntry
{
    internal const byte Start = (byte)'<';
    internal const byte End = (byte)'>';
    internal const byte Signal = (byte)'S';
    internal const byte Property = (byte)'P';
    internal const byte Method = (byte)'M';

    /// <summary>
    /// libsystemd does not ask whether the caller has our privileges, which it would do by waiting for the bus.
    /// </summary>
    internal const ulong Unprivileged = 1UL << 2;
    internal const ulong PropertyConstant = 1UL << 4;
    internal const ulong PropertyEmitsChange = 1UL << 5;

    /// <summary>In the start entry: names of arguments follow the signatures.</summary>
    internal const nint FeatureParameterNames = 1;

    public ulong TypeAndFlags;

    /// <summary>start: element size. Otherwise the member's name.</summary>
    public nint Word1;

    /// <summary>start: features. Otherwise the signature.</summary>
    public nint Word2;

    /// <summary>
    /// start: the address of the format symbol. signal: names of its arguments. property: its getter. method: the
    /// signature of its result.
    /// </summary>
    public nint Word3;

    /// <summary>property: its setter. method: its handler.</summary>
    public nint Word4;

    /// <summary>The offset that is added to the userdata of a property's getter or a method's handler.</summary>
    public nint Word5;

    /// <summary>method: names of its arguments and results.</summary>
    public nint Word6;

    internal static ulong TypeWith(byte type, ulong flags) => type | flags << 8;
}
