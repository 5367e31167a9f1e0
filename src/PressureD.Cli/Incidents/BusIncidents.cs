using System;
using System.Collections.Generic;
using System.Text;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Incidents;

/// <summary>Incidents that a running daemon gives out.</summary>
internal sealed class BusIncidents(BusClient client) : IIncidentSource
{
    /// <inheritdoc/>
    public IReadOnlyList<IncidentRow> List(DateTimeOffset since, int limit)
    {
        ulong sinceUsec = (ulong)Math.Max((since - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond, 0);
        List<IncidentRow> rows = [];
        ulong below = 0;
        while (rows.Count < limit)
        {
            IncidentPage page = client.ListIncidents(below, sinceUsec, (uint)(limit - rows.Count));
            foreach (IncidentLine line in page.Incidents)
            {
                DateTimeOffset time = DateTimeOffset.UnixEpoch.AddTicks(
                    (long)line.TimeUsec * TimeSpan.TicksPerMicrosecond);
                rows.Add(new IncidentRow((long)line.Id, time, line.Rule, line.Outcome, line.Summary));
                below = line.Id;
            }

            if (page.IsComplete || page.Incidents.Count == 0)
            {
                break;
            }
        }

        return rows;
    }

    /// <inheritdoc/>
    public byte[]? Get(long id)
    {
        try
        {
            return client.GetIncident((ulong)id) is { } text ? Encoding.UTF8.GetBytes(text) : null;
        }
        catch (BusException problem) when (problem.IsFailure)
        {
            throw new FormatException($"incident {id}: {problem.Message}", problem);
        }
    }

    public void Dispose() => client.Dispose();
}
