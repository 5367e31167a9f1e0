namespace PressureD.Core.Policy;

/// <summary>A compiled condition: a tree in an array, root last.</summary>
public sealed class Condition
{
    public required ConditionNode[] Nodes { get; init; }

    /// <summary>By node: where comparisons, denials and questions about cgroups stand; null for others.</summary>
    public required ConditionPlace?[] Places { get; init; }

    /// <summary>The source text, normalised to one line, for explanations.</summary>
    public required string Text { get; init; }
}
