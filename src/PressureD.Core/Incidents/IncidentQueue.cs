using System.Threading;
using PressureD.Core.Publishing;

namespace PressureD.Core.Incidents;

/// <summary>Hands incidents from the loop to the one thread that writes them.</summary>
public sealed class IncidentQueue : IIncidentShelf
{
    // Both only grow; the producer alone writes _tail, the consumer alone writes _head. There are places for the whole
    // pool and all copies, so that it is never full.
    private readonly Incident?[] _places = new Incident?[IncidentRecorder.PoolSize + IncidentRecorder.CopyCount];
    private readonly IWake? _wake;
    private long _head;
    private long _tail;

    /// <param name="wake">Signalled after each incident; null when the consumer polls.</param>
    public IncidentQueue(IWake? wake = null) => _wake = wake;

    /// <inheritdoc/>
    public void Take(Incident incident)
    {
        _places[_tail % _places.Length] = incident;
        Volatile.Write(ref _tail, _tail + 1);
        _wake?.Signal();
    }

    /// <summary>Consumer: the oldest incident, to be released once it is written; null when none waits.</summary>
    public Incident? Next()
    {
        if (_head == Volatile.Read(ref _tail))
            return null;
        Incident? incident = _places[_head % _places.Length];
        Volatile.Write(ref _head, _head + 1);
        return incident;
    }
}
