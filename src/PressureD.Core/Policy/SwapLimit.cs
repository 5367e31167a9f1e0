using System.Collections.Immutable;
using PressureD.Core.Cgroups;

namespace PressureD.Core.Policy;

/// <summary>One entry of the <c>swap</c> section's <c>cgroups</c>.</summary>
/// <param name="Match">Which cgroups: each that matches, as it appears.</param>
/// <param name="Changes">What they get.</param>
public sealed record SwapLimit(CgroupPattern Match, ImmutableArray<ControlChange> Changes);
