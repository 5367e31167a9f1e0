using System.Runtime.InteropServices;

namespace PressureD.Linux.Interop;

/// <summary>struct sysinfo of 64-bit machines, as far as it is used.</summary>
[StructLayout(LayoutKind.Explicit, Size = 112)]
internal struct SystemInfo
{
    /// <summary>Free memory, in units of <see cref="UnitBytes"/>.</summary>
    [FieldOffset(40)]
    public ulong FreeMemory;

    /// <summary>Free swap, in units of <see cref="UnitBytes"/>.</summary>
    [FieldOffset(72)]
    public ulong FreeSwap;

    [FieldOffset(104)]
    public uint UnitBytes;
}
