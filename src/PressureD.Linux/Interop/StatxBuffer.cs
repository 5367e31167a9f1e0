using System.Runtime.InteropServices;

namespace PressureD.Linux.Interop;

/// <summary>struct statx, 256 bytes on every architecture; only what is read here is named.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct StatxBuffer
{
    [FieldOffset(0x10)] public uint LinkCount;
    [FieldOffset(0x14)] public uint UserId;
    [FieldOffset(0x1C)] public ushort Mode;
    [FieldOffset(0x20)] public ulong Inode;
    [FieldOffset(0x28)] public ulong SizeBytes;
}
