using System.Threading;
using PressureD.Core.Publishing;

namespace PressureD.Core.Incidents;

/// <summary>
/// Hands one question about incidents at a time from the thread that asks to the one that reads files, and the answer
/// back. Neither waits for the other.
/// </summary>
public sealed class IncidentDesk
{
    private const int Free = 0;
    private const int Asked = 1;
    private const int Answered = 2;

    private readonly IncidentQuery _query = new();
    private readonly IWake _reader;
    private readonly IWake _asker;
    private int _stage;

    /// <param name="reader">Signalled when something is asked.</param>
    /// <param name="asker">Signalled when it is answered.</param>
    public IncidentDesk(IWake reader, IWake asker)
    {
        _reader = reader;
        _asker = asker;
    }

    /// <summary>Asker: whether something can be asked now.</summary>
    public bool IsFree => Volatile.Read(ref _stage) == Free;

    /// <summary>Asker: a blank question to fill and <see cref="Submit"/>; null while another is under way.</summary>
    public IncidentQuery? Begin()
    {
        if (!IsFree)
            return null;
        _query.Reset();
        return _query;
    }

    /// <summary>Asker: hands over the question of the last <see cref="Begin"/>.</summary>
    public void Submit()
    {
        Volatile.Write(ref _stage, Asked);
        _reader.Signal();
    }

    /// <summary>Asker: the question that has been answered; null when there is none.</summary>
    public IncidentQuery? PeekAnswer() => Volatile.Read(ref _stage) == Answered ? _query : null;

    /// <summary>Asker: gives the question of <see cref="PeekAnswer"/> back.</summary>
    public void Release() => Volatile.Write(ref _stage, Free);

    /// <summary>Reader: the question that waits; null when there is none.</summary>
    public IncidentQuery? Peek() => Volatile.Read(ref _stage) == Asked ? _query : null;

    /// <summary>Reader: the question of <see cref="Peek"/> is answered.</summary>
    public void Answer()
    {
        Volatile.Write(ref _stage, Answered);
        _asker.Signal();
    }
}
