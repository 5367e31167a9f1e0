namespace PressureD.Core.Publishing;

/// <summary>
/// Gives each event to several rings, each with its own consumer. A consumer that hangs fills its own ring and takes
/// nothing from the others.
/// </summary>
public sealed class EventFanOut : IEventSink
{
    private readonly EventRing[] _rings;
    private readonly DaemonEvent _slot = new();
    private bool _pending;

    public EventFanOut(params EventRing[] rings) => _rings = rings;

    /// <inheritdoc/>
    public DaemonEvent Begin(DaemonEventKind kind, long timeUsec, EventPriority priority)
    {
        _slot.Reset(kind, timeUsec, priority);
        _pending = true;
        return _slot;
    }

    /// <inheritdoc/>
    public void Commit()
    {
        if (!_pending)
        {
            return;
        }

        _pending = false;
        foreach (EventRing ring in _rings)
        {
            ring.Accept(_slot);
        }
    }
}
