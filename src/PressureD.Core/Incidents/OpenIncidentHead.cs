using PressureD.Core.Publishing;

namespace PressureD.Core.Incidents;

/// <summary>What a list tells of an incident that goes on.</summary>
public sealed class OpenIncidentHead
{
    public long Id { get; private set; }

    /// <summary>When it was opened: CLOCK_MONOTONIC, microseconds.</summary>
    public long OpenedUsec { get; private set; }

    /// <summary>The rule that fired; empty when none did.</summary>
    public string Rule { get; private set; } = "";

    /// <summary>What it has come to so far.</summary>
    public IncidentOutcome Outcome { get; private set; }

    /// <summary>In one line, so far.</summary>
    public TextBuffer Summary { get; } = new(IncidentSummary.MaxBytes);

    internal void Take(Incident incident)
    {
        Id = incident.Id;
        OpenedUsec = incident.OpenedUsec;
        Rule = incident.Rule?.Name ?? "";
        Outcome = IncidentSummary.Outcome(incident);
        IncidentSummary.Append(Summary.Clear().Append("still going on: "u8), incident);
    }
}
