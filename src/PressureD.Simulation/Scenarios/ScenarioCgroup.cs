using System.Collections.Generic;

namespace PressureD.Simulation.Scenarios;

/// <summary>A cgroup with settings of its own.</summary>
/// <param name="Path">From the root, with a leading slash.</param>
/// <param name="Values">Control files and what is written into them at the start.</param>
/// <param name="Attributes">Extended attributes and their values.</param>
public sealed record ScenarioCgroup(
    string Path,
    IReadOnlyList<(string File, string Value)> Values,
    IReadOnlyList<(string Name, string Value)> Attributes);
