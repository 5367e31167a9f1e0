using System;
using System.Threading;
using PressureD.Core.Publishing;

namespace PressureD;

/// <summary>Wakes the main thread out of its wait.</summary>
internal sealed class MainWake : IWake
{
    private readonly AutoResetEvent _event = new(false);

    public void Signal() => _event.Set();

    /// <summary>Waits until it is signalled, or for so long.</summary>
    public void Wait(TimeSpan most) => _event.WaitOne(most);
}
