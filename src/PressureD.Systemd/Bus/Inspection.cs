namespace PressureD.Systemd.Bus;

/// <summary>Whether a caller may see what is not for everybody in an answer that is.</summary>
internal enum Inspection
{
    /// <summary>Nobody has asked: most answers have nothing of the kind.</summary>
    Undecided,

    /// <summary>It may not, and gets the rest.</summary>
    Denied,

    /// <summary>It may when it is of a process of its own: what goes on may be another's by now.</summary>
    GrantedOwn,

    /// <summary>It may, whoever's it is.</summary>
    Granted,
}
