using System.Collections.Generic;
using PressureD.Core.Publishing;

namespace PressureD.Simulation.Tests.Engine;

/// <summary>Keeps everything that is said.</summary>
internal sealed class Recorder(long startUsec) : IEventSink
{
    private readonly DaemonEvent _event = new();

    public List<Said> Events { get; } = [];

    public DaemonEvent Begin(DaemonEventKind kind, long timeUsec, EventPriority priority)
    {
        _event.Reset(kind, timeUsec, priority);
        return _event;
    }

    public void Commit() => Events.Add(new Said(
        _event.TimeUsec - startUsec, _event.Kind, _event.Rule, _event.Pid, _event.DryRun, _event.Text.ToString(), _event.Incident));
}
