using PressureD.Core.Publishing;

namespace PressureD;

/// <summary>Wakes several threads that look at the same thing.</summary>
internal sealed class WakeAll(params IWake[] wakes) : IWake
{
    /// <inheritdoc/>
    public void Signal()
    {
        foreach (IWake wake in wakes)
            wake.Signal();
    }
}
