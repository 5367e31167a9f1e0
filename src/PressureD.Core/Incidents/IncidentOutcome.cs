namespace PressureD.Core.Incidents;

/// <summary>What an incident came to, the weightiest that happened in it.</summary>
public enum IncidentOutcome
{
    /// <summary>The rule fired and told somebody, and that is all that it does.</summary>
    Noted,

    /// <summary>The policy, or somebody, asked to keep the state.</summary>
    Recorded,

    /// <summary>The rule would have acted, and was held back: the acts say why.</summary>
    HeldBack,

    /// <summary>A dry run: it was said what would have been done.</summary>
    DryRun,

    /// <summary>Something other than a kill was done.</summary>
    Acted,

    /// <summary>A victim was signalled, and is not known to have died.</summary>
    Signalled,

    /// <summary>A victim died.</summary>
    Killed,
}
