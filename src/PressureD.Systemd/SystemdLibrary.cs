using PressureD.Systemd.Interop;

namespace PressureD.Systemd;

/// <summary>Whether this machine has the libsystemd that bus, notification and journal need.</summary>
public static class SystemdLibrary
{
    /// <summary>
    /// One sentence on what is missing and what that costs, or null when nothing is. Protection does not depend on it.
    /// </summary>
    public static string? Problem => Libsystemd.Problem is { } problem
        ? $"{problem}: no D-Bus, no messages to the service manager, no journal fields"
        : null;
}
