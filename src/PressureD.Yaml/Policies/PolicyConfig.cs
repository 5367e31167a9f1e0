using System.Collections.Generic;
using PressureD.Core.Policy;

namespace PressureD.Yaml.Policies;

/// <summary>What one file says.</summary>
internal sealed class PolicyConfig
{
    public int? KillsPerMinute { get; set; }

<<<<<<< HEAD
    /// <summary>vm.swappiness.</summary>
    public int? Swappiness { get; set; }

    public List<SwapLimit> SwapLimits { get; } = [];
=======
    public long? IncidentBytes { get; set; }
>>>>>>> b58745d (Incidents on disk within a limit; pressurectl why and incidents explain them)

    public List<Matcher> Protect { get; } = [];

    public List<Matcher> Avoid { get; } = [];

    public List<RuleConfig> Rules { get; } = [];
}
