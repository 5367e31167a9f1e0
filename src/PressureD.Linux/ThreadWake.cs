using System;
using System.Threading;
using PressureD.Core.Publishing;

namespace PressureD.Linux;

/// <summary>
/// Wakes one thread out of its wait. Not for the loop to signal: that takes a lock which all threads of the process
/// have in common.
/// </summary>
public sealed class ThreadWake : IWake
{
    private readonly AutoResetEvent _event = new(false);

    /// <inheritdoc/>
    public void Signal() => _event.Set();

    /// <summary>Waits until it is signalled, or for so long.</summary>
    public void Wait(TimeSpan most) => _event.WaitOne(most);
}
