namespace PressureD.Core.Policy;

/// <summary>A compiled condition: a tree in an array, root last.</summary>
public sealed class Condition
{
    public required ConditionNode[] Nodes { get; init; }

    /// <summary>The source text, normalised to one line, for explanations.</summary>
    public required string Text { get; init; }
}
