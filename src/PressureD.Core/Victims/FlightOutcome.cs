namespace PressureD.Core.Victims;

/// <summary>What a look at a flight found.</summary>
internal enum FlightOutcome
{
    /// <summary>Nothing new.</summary>
    Flying,

    /// <summary>The grace is over and the pressure is not: KILL is due, if the victim may still be one.</summary>
    Due,

    /// <summary>It is dead.</summary>
    Died,

    /// <summary>The account is settled, the flight is over.</summary>
    Settled,

    /// <summary>
    /// KILL has not ended it in ten seconds (a task in uninterruptible sleep): somebody else must go.
    /// </summary>
    Resisted,

    /// <summary>It ignored TERM, but pressure is over: it is left alone.</summary>
    Left,
}
