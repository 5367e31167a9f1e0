namespace PressureD.Core.Victims;

/// <summary>How far a kill has come.</summary>
internal enum FlightStage
{
    /// <summary>No victim here.</summary>
    Free,

    /// <summary>TERM was sent, its grace runs.</summary>
    Term,

    /// <summary>KILL was sent.</summary>
    Kill,

    /// <summary>Dead; its memory comes back.</summary>
    Settling,
}
