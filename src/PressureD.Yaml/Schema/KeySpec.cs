using System.Collections.Immutable;

namespace PressureD.Yaml.Schema;

/// <summary>One key that may stand in a policy.</summary>
/// <param name="Name">As it is written.</param>
/// <param name="Type">What its value is.</param>
/// <param name="Summary">One or two sentences for people; says the default and the range.</param>
public sealed record KeySpec(string Name, KeyType Type, string Summary)
{
    /// <summary>Whether the mapping is wrong without it.</summary>
    public bool Required { get; init; }

    /// <summary>Keys beside it that make the mapping right without it.</summary>
    public ImmutableArray<string> NotNeededWith { get; init; } = [];

    /// <summary>The words that a choice allows.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];

    /// <summary>Whether a text may stand in place of the mapping, or of the list or any of its entries.</summary>
    public bool OrText { get; init; }

    /// <summary>The keys of a nested mapping; null: they are free.</summary>
    public KeyTable? Table { get; init; }
}
