using System.Collections.Immutable;
using PressureD.Core.Policy;

namespace PressureD.Simulation.ScenarioFiles;

/// <summary>Levels by name.</summary>
internal static class LevelNames
{
    public static ImmutableArray<string> All { get; } = ["normal", "low", "medium", "critical"];

    /// <summary>The level of the name at an index of <see cref="All"/>.</summary>
    public static PressureLevel LevelAt(int index) => index switch
    {
        1 => PressureLevel.Low,
        2 => PressureLevel.Medium,
        3 => PressureLevel.Critical,
        _ => PressureLevel.Normal,
    };
}
