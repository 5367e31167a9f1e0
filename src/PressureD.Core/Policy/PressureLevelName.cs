using System.Collections.Immutable;

namespace PressureD.Core.Policy;

/// <summary>The words for levels, as policies and scenarios write them and people and programs read them.</summary>
public static class PressureLevelName
{
    /// <summary>All words, the mildest first.</summary>
    public static ImmutableArray<string> All { get; } = ["normal", "low", "medium", "critical"];

    /// <summary>The level of the word at an index of <see cref="All"/>.</summary>
    public static PressureLevel LevelAt(int index) => index switch
    {
        1 => PressureLevel.Low,
        2 => PressureLevel.Medium,
        3 => PressureLevel.Critical,
        _ => PressureLevel.Normal,
    };

    /// <summary>The word for a level; levels are ranges, so that every number has one.</summary>
    public static string Of(PressureLevel level) => level switch
    {
        < PressureLevel.Low => "normal",
        < PressureLevel.Medium => "low",
        < PressureLevel.Critical => "medium",
        _ => "critical",
    };
}
