namespace PressureD.Simulation.Faults;

/// <summary>What goes wrong with a call. The default: nothing.</summary>
public readonly record struct Fault
{
    /// <summary>The call does nothing and answers this error number, positive; 0: it does its work.</summary>
    public int Errno { get; init; }

    /// <summary>A read ends after so many bytes, as if the file were so long; 0: it does not.</summary>
    public int TruncateToBytes { get; init; }

    /// <summary>A begun operation takes so much longer.</summary>
    public long DelayUsec { get; init; }
}
