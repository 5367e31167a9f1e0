using System;
using System.Threading;
using PressureD.Core.Publishing;

namespace PressureD.Core.Incidents;

/// <summary>
/// Shows the incidents that still go on to one other thread: it asks, and the loop copies them as they are between two
/// steps. Neither waits for the other here.
/// </summary>
public sealed class OpenIncidents
{
    private const int Free = 0;
    private const int Asked = 1;
    private const int Answered = 2;

    private readonly IWake _loop;
    private readonly IWake _asker;
    private readonly Incident _incident = new();
    private readonly OpenIncidentHead[] _heads = new OpenIncidentHead[IncidentRecorder.PoolSize];
    private long _id;
    private int _count;
    private int _stage;

    /// <param name="loop">Signalled when something is asked.</param>
    /// <param name="asker">Signalled when it is answered.</param>
    public OpenIncidents(IWake loop, IWake asker)
    {
        _loop = loop;
        _asker = asker;
        for (int i = 0; i < _heads.Length; i++)
            _heads[i] = new OpenIncidentHead();
    }

    /// <summary>Asker: whether an answer lies here.</summary>
    public bool IsAnswered => Volatile.Read(ref _stage) == Answered;

    /// <summary>Asker: all that go on, the newest first. Good until <see cref="Release"/>.</summary>
    public ReadOnlySpan<OpenIncidentHead> Heads => _heads.AsSpan(0, _count);

    /// <summary>Asker: the one that was asked for; null when it does not go on. As long as the heads.</summary>
    public Incident? Found => _incident.Id != 0 ? _incident : null;

    /// <summary>Asker: asks for the heads of all, and for one of them whole.</summary>
    /// <param name="id">Which; 0: none.</param>
    /// <returns>False while the loop has not answered an earlier question.</returns>
    public bool TryAsk(long id)
    {
        if (Volatile.Read(ref _stage) != Free)
            return false;
        _id = id;
        Volatile.Write(ref _stage, Asked);
        _loop.Signal();
        return true;
    }

    /// <summary>Asker: the answer has been used.</summary>
    public void Release() => Volatile.Write(ref _stage, Free);

    /// <summary>Loop: answers what is asked.</summary>
    /// <param name="slots">All that there are.</param>
    /// <param name="nowUsec">The time.</param>
    /// <returns>Whether something was.</returns>
    internal bool Serve(ReadOnlySpan<Incident> slots, long nowUsec)
    {
        if (Volatile.Read(ref _stage) != Asked)
            return false;
        _incident.Clear();
        _incident.Id = 0;
        _count = 0;
        foreach (Incident incident in slots)
        {
            if (incident.Stage != IncidentStage.Free)
                Take(incident, nowUsec);
        }

        Volatile.Write(ref _stage, Answered);
        _asker.Signal();
        return true;
    }

    private void Take(Incident incident, long nowUsec)
    {
        int at = _count++;
        OpenIncidentHead head = _heads[at];
        for (; at > 0 && _heads[at - 1].Id < incident.Id; at--)
            _heads[at] = _heads[at - 1];
        _heads[at] = head;
        head.Take(incident);
        if (incident.Id != _id)
            return;
        _incident.CopyFrom(incident, nowUsec);
    }
}
