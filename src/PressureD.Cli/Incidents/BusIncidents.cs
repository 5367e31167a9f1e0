using System;
using System.Collections.Generic;
using System.Text;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Incidents;

/// <summary>Incidents that a running daemon gives out.</summary>
/// <param name="client">The daemon; closed with this.</param>
/// <param name="asksPassword">Whether a password may be asked for, to see what is not for everybody.</param>
internal sealed class BusIncidents(BusClient client, bool asksPassword) : IIncidentSource
{
    /// <summary>Whoever looks for few among those of a time looks at more at once.</summary>
    private const uint FewestAsked = 16;

    /// <inheritdoc/>
    public IReadOnlyList<IncidentRow> List(Period period, int limit)
    {
        TimeSpan since = period.Since - DateTimeOffset.UnixEpoch;
        ulong sinceUsec = (ulong)Math.Max(since.Ticks / TimeSpan.TicksPerMicrosecond, 0);
        uint fewest = period.Until < DateTimeOffset.Now ? FewestAsked : 0;
        List<IncidentRow> rows = [];
        ulong below = 0;
        while (rows.Count < limit)
        {
            uint wanted = Math.Max((uint)(limit - rows.Count), fewest);
            IncidentPage page = client.ListIncidents(below, sinceUsec, wanted);
            foreach (IncidentLine line in page.Incidents)
            {
                DateTimeOffset time = DateTimeOffset.UnixEpoch.AddTicks(
                    (long)line.TimeUsec * TimeSpan.TicksPerMicrosecond);
                if (time <= period.Until && rows.Count < limit)
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
            return client.GetIncident((ulong)id, asksPassword) is { } text ? Encoding.UTF8.GetBytes(text) : null;
        }
        catch (BusException problem) when (problem.IsFailure)
        {
            throw new FormatException($"incident {id}: {problem.Message}", problem);
        }
    }

    public void Dispose() => client.Dispose();
}
