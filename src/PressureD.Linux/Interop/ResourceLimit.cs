namespace PressureD.Linux.Interop;

/// <summary>struct rlimit of 64-bit systems.</summary>
internal struct ResourceLimit
{
    public ulong Soft;
    public ulong Hard;
}
