using System;

namespace PressureD.Core.Services;

/// <summary>Units that no policy may stop or restart: the machine hangs on them, or we do.</summary>
public static class ProtectedUnits
{
    private static readonly string[] Names =
    [
        "pressured.service",
        "dbus.service",
        "dbus-broker.service",
        "systemd-journald.service",
        "systemd-udevd.service",
        "systemd-logind.service",
        "polkit.service",
        "init.scope",
    ];

    /// <summary>Whether a unit is one of them.</summary>
    public static bool Contains(string unit) => Array.IndexOf(Names, unit) >= 0;
}
