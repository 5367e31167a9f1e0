using System.Collections.Generic;
using PressureD.Core.Policy;

namespace PressureD.Yaml.Policies;

/// <summary>What one file says.</summary>
internal sealed class PolicyConfig
{
    public long? AutoReloadUsec { get; set; }

    public int? KillsPerMinute { get; set; }

    /// <summary>vm.swappiness.</summary>
    public int? Swappiness { get; set; }

    public List<SwapLimit> SwapLimits { get; } = [];

    public long? IncidentBytes { get; set; }

    public int? FutileKills { get; set; }

    public List<Matcher> Protect { get; } = [];

    public List<Matcher> Avoid { get; } = [];

    public List<RuleConfig> Rules { get; } = [];
}
