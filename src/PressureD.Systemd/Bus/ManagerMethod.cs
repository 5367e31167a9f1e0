namespace PressureD.Systemd.Bus;

/// <summary>The methods of org.pressured1.Manager.</summary>
internal enum ManagerMethod
{
    Pause,
    Resume,
    SetDryRun,
    ListRules,
    ListLimits,
    Explain,
    WhyNot,
    OpenSamples,
    Reload,
    ListIncidents,
    GetIncident,
    Record,
    Kill,
}
