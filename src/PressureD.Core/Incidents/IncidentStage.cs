namespace PressureD.Core.Incidents;

/// <summary>Whose an incident's slot is.</summary>
internal enum IncidentStage
{
    /// <summary>Nobody's.</summary>
    Free,

    /// <summary>The loop's, which still adds to it.</summary>
    Open,

    /// <summary>Complete, or a copy, and the writer's until it gives it back.</summary>
    Complete,
}
