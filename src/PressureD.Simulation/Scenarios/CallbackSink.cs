using System;
using PressureD.Core.Publishing;

namespace PressureD.Simulation.Scenarios;

/// <summary>Hands each event on at once; it is valid only during the call.</summary>
internal sealed class CallbackSink(Action<DaemonEvent> take) : IEventSink
{
    private readonly DaemonEvent _event = new();

    /// <inheritdoc/>
    public DaemonEvent Begin(DaemonEventKind kind, long timeUsec, EventPriority priority)
    {
        _event.Reset(kind, timeUsec, priority);
        return _event;
    }

    /// <inheritdoc/>
    public void Commit() => take(_event);
}
