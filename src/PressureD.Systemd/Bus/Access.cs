namespace PressureD.Systemd.Bus;

/// <summary>Who may call a method.</summary>
internal enum Access
{
    /// <summary>Everybody: it only reads.</summary>
    Open,

    /// <summary>Who may steer the daemon: org.pressured1.control.</summary>
    Control,

    /// <summary>Who may end processes: org.pressured1.kill.</summary>
    Kill,
}
