namespace PressureD.Systemd.Bus;

/// <summary>Whether a caller may see what is not for everybody in an answer that is.</summary>
internal enum Inspection
{
    /// <summary>Nobody has asked: most answers have nothing of the kind.</summary>
    Undecided,

    /// <summary>It may not, and gets the rest.</summary>
    Denied,

    /// <summary>It may.</summary>
    Granted,
}
