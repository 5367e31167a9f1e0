using System;
using System.IO;
using System.Text;
using System.Threading;
using PressureD.Core.Incidents;
using PressureD.Core.Publishing;

namespace PressureD.Linux.Incidents;

/// <summary>
/// Writes incidents to disk, on a thread that may wait for it: complete ones, and before that what there is of them.
/// What goes wrong with the disk is said once until it works again, and never reaches the loop.
/// </summary>
public sealed class IncidentWriter
{
    private readonly IncidentQueue _queue;
    private readonly IncidentDirectory _directory;
    private readonly IncidentJson _json;
    private readonly Func<long> _nowUsec;
    private readonly IEventSink _log;
    private readonly IEventSink _kept;
    private long _limitBytes;
    private long _unwritten;
    private bool _complained;

    /// <param name="queue">Where they come from; nobody else may consume it.</param>
    /// <param name="directory">Where they go, scanned.</param>
    /// <param name="version">The daemon's version.</param>
    /// <param name="nowUsec">CLOCK_MONOTONIC, microseconds.</param>
    /// <param name="log">Hears what is wrong with the disk; this thread alone produces there.</param>
    /// <param name="kept">
    /// Hears of every incident that is complete and can be read from now on; the same holds there.
    /// </param>
    public IncidentWriter(
        IncidentQueue queue,
        IncidentDirectory directory,
        string version,
        Func<long> nowUsec,
        IEventSink log,
        IEventSink kept)
    {
        _queue = queue;
        _directory = directory;
        _json = new IncidentJson(version);
        _nowUsec = nowUsec;
        _log = log;
        _kept = kept;
    }

    /// <summary>What all incidents may take on disk, bytes; 0 keeps none. Any thread.</summary>
    public long LimitBytes
    {
        get => Volatile.Read(ref _limitBytes);
        set => Volatile.Write(ref _limitBytes, value);
    }

    /// <summary>Writes what waits.</summary>
    public void Drain()
    {
        while (_queue.Next() is { } incident)
        {
            Write(incident);
            incident.Release();
        }
    }

    private void Write(Incident incident)
    {
        long limitBytes = LimitBytes;
        if (limitBytes == 0)
            return;
        ReadOnlySpan<byte> content = _json.Write(incident, ClockUsec(), toKeep: true);
        string? problem = Store(incident, content, limitBytes);

        // The complete one comes after it, and whether that is kept is told.
        if (incident.SoFarUsec > 0)
            return;
        if (problem is not null)
            Complain(incident, problem);
        else
            NoteWritten();
    }

    /// <returns>Null, or what is wrong with the disk.</returns>
    private string? Store(Incident incident, ReadOnlySpan<byte> content, long limitBytes)
    {
        string? problem = TryStore(incident, content, limitBytes);

        // What is new is worth more than what is old, on a full disk too; what is not complete yet, less.
        bool mayDrop = problem is not null && incident.SoFarUsec == 0;
        return mayDrop && TryDropOldest(incident.Id) ? TryStore(incident, content, limitBytes) : problem;
    }

    private bool TryDropOldest(long spared)
    {
        try
        {
            return _directory.DropOldest(spared);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The disk takes nothing at all, and why is told by the write that failed first.
            return false;
        }
    }

    private string? TryStore(Incident incident, ReadOnlySpan<byte> content, long limitBytes)
    {
        try
        {
            bool isKept = _directory.Write(incident.Id, incident.IsMinor, content, limitBytes);
            if (isKept && incident.SoFarUsec == 0)
                SayKept(incident);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private void SayKept(Incident incident)
    {
        DaemonEvent news = _kept.Begin(DaemonEventKind.IncidentRecorded, _nowUsec(), EventPriority.Info);
        news.Incident = incident.Id;
        news.Rule = incident.Rule?.Name;
        news.Outcome = IncidentSummary.Outcome(incident);
        IncidentSummary.Append(news.Text, incident);
        _kept.Commit();
    }

    /// <summary>What CLOCK_REALTIME says where CLOCK_MONOTONIC says 0.</summary>
    private long ClockUsec() =>
        (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond - _nowUsec();

    private void Complain(Incident incident, string problem)
    {
        _unwritten++;
        if (_complained)
            return;
        _complained = true;
        DaemonEvent line = _log.Begin(DaemonEventKind.Log, _nowUsec(), EventPriority.Warning);
        line.Text.Append("incidents: number "u8).Append(incident.Id).Append(" could not be kept: "u8)
            .AppendEscaped(Encoding.UTF8.GetBytes(problem)).Append("; protection goes on"u8);
        _log.Commit();
    }

    private void NoteWritten()
    {
        if (!_complained)
            return;
        DaemonEvent line = _log.Begin(DaemonEventKind.Log, _nowUsec(), EventPriority.Notice);
        line.Text.Append("incidents: kept again; "u8).AppendCount(
            _unwritten, "was not"u8, "were not"u8);
        _log.Commit();
        _complained = false;
        _unwritten = 0;
    }
}
