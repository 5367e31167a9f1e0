using System.Collections.Immutable;

namespace PressureD.Core.Policy;

/// <summary>The <c>swap</c> section: limits that stand for as long as the daemon runs.</summary>
public sealed record SwapRules
{
    public static SwapRules None { get; } = new();

    /// <summary>vm.swappiness, 0 to 200; null leaves it.</summary>
    public int? Swappiness { get; init; }

    /// <summary>In order; the first that matches a cgroup is that cgroup's.</summary>
    public ImmutableArray<SwapLimit> Cgroups { get; init; } = [];

    public bool IsEmpty => Swappiness is null && Cgroups.IsEmpty;
}
