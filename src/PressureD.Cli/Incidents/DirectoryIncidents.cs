using System;
using System.Collections.Generic;
using PressureD.Core.Incidents;
using PressureD.Linux.Incidents;

namespace PressureD.Cli.Incidents;

/// <summary>Incidents in a directory, read without the daemon. What is damaged is passed over and said.</summary>
internal sealed class DirectoryIncidents : IIncidentSource
{
    private readonly IncidentReader _reader;

    /// <param name="path">The directory.</param>
    /// <param name="complain">Told of each file that cannot be read.</param>
    internal DirectoryIncidents(string path, Action<string> complain)
    {
        IncidentDirectory directory = new(path);
        directory.Scan(mayChange: false);
        _reader = new IncidentReader(directory) { PassedOver = id => complain(Unreadable(id)) };
    }

    /// <inheritdoc/>
    public IReadOnlyList<IncidentRow> List(Period period, int limit)
    {
        List<IncidentRow> rows = [];
        _reader.Begin(0, (long)(period.Since - DateTimeOffset.UnixEpoch).TotalMicroseconds);
        while (rows.Count < limit && _reader.Next())
        {
            IncidentHead head = _reader.Head;
            DateTimeOffset time = DateTimeOffset.UnixEpoch.AddTicks(head.TimeUsec * TimeSpan.TicksPerMicrosecond);
            if (time > period.Until)
                continue;
            rows.Add(new IncidentRow(
                head.Id, time, head.Rule.ToString(), head.Outcome.ToString(), head.Summary.ToString()));
        }

        return rows;
    }

    /// <inheritdoc/>
    public byte[]? Get(long id)
    {
        byte[] content = new byte[IncidentQuery.ContentBytes];
        return _reader.Read(id, content, out int length) switch
        {
            IncidentQueryOutcome.Done => content[..length],
            IncidentQueryOutcome.NoSuchIncident => null,
            _ => throw new FormatException(Unreadable(id)),
        };
    }

    public void Dispose()
    {
    }

    private static string Unreadable(long id) => $"incident {id} is damaged or cannot be read";
}
