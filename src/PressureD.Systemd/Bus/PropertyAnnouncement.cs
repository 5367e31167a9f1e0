namespace PressureD.Systemd.Bus;

/// <summary>When PropertiesChanged carries a property.</summary>
internal enum PropertyAnnouncement
{
    /// <summary>Never: it does not change while we run.</summary>
    Constant,

    /// <summary>At every change.</summary>
    Always,

    /// <summary>
    /// A measurement that changes all the time: only while there is pressure, so that a calm machine is left alone.
    /// Introspection says that changes are not announced, so that nobody relies on it.
    /// </summary>
    UnderPressure,
}
