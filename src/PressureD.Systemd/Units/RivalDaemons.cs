using System.Collections.Generic;
using PressureD.Core.Kernel;

namespace PressureD.Systemd.Units;

/// <summary>
/// Other daemons that kill when memory is short. Two of them on one machine kill twice, so an active one is named.
/// </summary>
public static class RivalDaemons
{
    /// <summary>Their units.</summary>
    public static readonly IReadOnlyList<string> Units =
    [
        "systemd-oomd.service",
        "earlyoom.service",
        "nohang.service",
        "nohang-desktop.service",
        "oomd.service",
    ];

    /// <summary>One sentence for each that is active; none for those that could not be asked about.</summary>
    public static string[] Find(IServiceManager manager)
    {
        List<string> reasons = [];
        foreach (string unit in Units)
        {
            if (manager.IsActive(unit) == true)
            {
                reasons.Add($"{unit} is active and kills too: stop it, or pressured");
            }
        }

        return [.. reasons];
    }
}
