using System;
using System.Collections.Generic;
using PressureD.Linux.Incidents;

namespace PressureD.Cli.Incidents;

/// <summary>Incidents in a directory, read without the daemon. What is damaged is passed over and said.</summary>
internal sealed class DirectoryIncidents : IIncidentSource
{
    private readonly IncidentDirectory _directory;
    private readonly Action<string> _complain;

    /// <param name="path">The directory.</param>
    /// <param name="complain">Told of each file that cannot be read.</param>
    internal DirectoryIncidents(string path, Action<string> complain)
    {
        _directory = new IncidentDirectory(path);
        _complain = complain;
        _directory.Scan(mayChange: false);
    }

    /// <inheritdoc/>
    public IReadOnlyList<IncidentRow> List(DateTimeOffset since, int limit)
    {
        List<IncidentRow> rows = [];
        for (int i = _directory.Files.Count - 1; i >= 0 && rows.Count < limit; i--)
        {
            long id = _directory.Files[i].Id;
            try
            {
                if (Get(id) is not { } content)
                {
                    continue;
                }

                IncidentDocument incident = IncidentDocument.Parse(content);
                if (incident.Time < since)
                {
                    break;
                }

                rows.Add(new IncidentRow(id, incident.Time, incident.Rule, incident.Outcome, incident.Summary));
            }
            catch (FormatException e)
            {
                _complain($"incident {id} cannot be read: {e.Message}");
            }
        }

        return rows;
    }

    /// <inheritdoc/>
    public byte[]? Get(long id) => _directory.Read(id);

    public void Dispose()
    {
    }
}
