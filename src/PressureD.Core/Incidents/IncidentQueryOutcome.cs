namespace PressureD.Core.Incidents;

/// <summary>How a question about incidents ended.</summary>
public enum IncidentQueryOutcome
{
    Done,

    /// <summary>There is none of that number, any more or at all.</summary>
    NoSuchIncident,

    /// <summary>It is there, and cannot be read or is damaged.</summary>
    Unreadable,
}
