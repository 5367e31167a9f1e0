using System;

namespace PressureD;

/// <summary>The directories that the service manager gives us, or the usual ones outside it.</summary>
internal static class RuntimePaths
{
    /// <summary>Lives as long as the boot: cooldowns, brake, victims in flight, undo journal.</summary>
    public static string Run { get; } = First("RUNTIME_DIRECTORY") ?? "/run/pressured";

    /// <summary>Lives on: the last good policy.</summary>
    public static string State { get; } = First("STATE_DIRECTORY") ?? "/var/lib/pressured";

    private static string? First(string variable)
    {
        string? value = Environment.GetEnvironmentVariable(variable);
        return string.IsNullOrEmpty(value) ? null : value.Split(':')[0];
    }
}
