using PressureD.Core.Policy;

namespace PressureD.Yaml.Documents;

/// <summary>A piece of a document, with its place.</summary>
internal abstract class YamlNode(SourcePosition position)
{
    public SourcePosition Position { get; } = position;

    /// <summary>What it is, in words for a message.</summary>
    public abstract string Kind { get; }
}
