using System;

namespace PressureD.Cli.Notifications;

/// <summary>Whose process a victim was, and by what name a person knows it.</summary>
internal static class VictimName
{
    /// <summary>
    /// Whether the cgroup is below the slice that logind gives a user. What runs elsewhere, as a container does, is the
    /// system's.
    /// </summary>
    internal static bool IsOf(uint uid, string cgroup) =>
        $"/{cgroup.TrimStart('/')}/".StartsWith($"/user.slice/user-{uid}.slice/", StringComparison.Ordinal);

    /// <summary>
    /// The process's name, with the application's when that says more: a desktop starts each application in a unit
    /// app[-LAUNCHER]-ID[@RANDOM].service or app[-LAUNCHER]-ID-RANDOM.scope (systemd, Desktop Environment Integration).
    /// </summary>
    internal static string Of(string comm, string cgroup)
    {
        string unit = cgroup[(cgroup.LastIndexOf('/') + 1)..];
        string application = ApplicationOf(unit);
        if (comm.Length == 0)
            return application.Length > 0 ? application : unit;
        bool saysMore = application.Length > 0 && !application.Contains(comm, StringComparison.OrdinalIgnoreCase);
        return saysMore ? $"{comm} of {application}" : comm;
    }

    private static string ApplicationOf(string unit)
    {
        int dot = unit.LastIndexOf('.');
        if (dot < 0 || !unit.StartsWith("app-", StringComparison.Ordinal))
            return "";
        string name = unit["app-".Length..dot].Split('@')[0];
        string[] parts = name.Split('-');

        // The last part of a scope is random; of what is left, the last is the application.
        int last = unit.EndsWith(".scope", StringComparison.Ordinal) ? parts.Length - 2 : parts.Length - 1;
        return last < 0 ? "" : parts[last].Replace("\\x2d", "-", StringComparison.Ordinal);
    }
}
