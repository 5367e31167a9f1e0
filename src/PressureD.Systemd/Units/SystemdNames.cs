namespace PressureD.Systemd.Units;

/// <summary>What systemd is called on its bus.</summary>
internal static class SystemdNames
{
    internal const string Bus = "org.freedesktop.systemd1";
    internal const string ObjectPath = "/org/freedesktop/systemd1";
    internal const string Manager = Bus + ".Manager";

    /// <summary>Whether an error means that there is no such unit.</summary>
    internal static bool IsUnknownUnit(string? errorName) =>
        errorName is Bus + ".NoSuchUnit" or Bus + ".LoadFailed";
}
