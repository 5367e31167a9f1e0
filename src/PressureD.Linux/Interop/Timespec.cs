namespace PressureD.Linux.Interop;

/// <summary>struct timespec of 64-bit systems.</summary>
internal struct Timespec
{
    public long Seconds;
    public long Nanoseconds;
}
