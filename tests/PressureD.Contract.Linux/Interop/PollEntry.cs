namespace PressureD.Contract.Linux.Interop;

/// <summary>struct pollfd.</summary>
internal struct PollEntry
{
    public int Descriptor;
    public short Events;
    public short Returned;
}
