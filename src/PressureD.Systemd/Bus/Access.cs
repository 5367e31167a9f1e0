namespace PressureD.Systemd.Bus;

/// <summary>Who may call a method.</summary>
internal enum Access
{
    /// <summary>Everybody: it only reads.</summary>
    Open,

    /// <summary>Everybody, and all of it who may see others' command lines: org.pressured1.inspect.</summary>
    Inspect,

    /// <summary>Who may steer the daemon: org.pressured1.control.</summary>
    Control,

    /// <summary>Who may end processes: org.pressured1.kill.</summary>
    Kill,
}
