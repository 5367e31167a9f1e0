namespace PressureD.Core.Publishing;

/// <summary>Wakes the thread that consumes. Called by the loop: it must neither block nor allocate nor throw.</summary>
public interface IWake
{
    /// <summary>Makes the consumer look again; several calls before it does count as one.</summary>
    void Signal();
}
