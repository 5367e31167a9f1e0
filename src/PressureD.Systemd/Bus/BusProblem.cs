namespace PressureD.Systemd.Bus;

/// <summary>Why a question over the bus got no answer.</summary>
public enum BusProblem
{
    /// <summary>No libsystemd, or no bus to connect to.</summary>
    NoBus,

    /// <summary>The bus works, but nobody there has the daemon's name.</summary>
    NotRunning,

    /// <summary>The bus or the daemon refused.</summary>
    AccessDenied,

    /// <summary>The daemon answered that it cannot be done; the message says why.</summary>
    Refused,

    /// <summary>No answer in time.</summary>
    NoAnswer,

    /// <summary>An answer that does not say what it should.</summary>
    BadAnswer,
}
