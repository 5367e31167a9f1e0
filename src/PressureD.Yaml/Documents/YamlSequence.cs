using System.Collections.Generic;
using PressureD.Core.Policy;

namespace PressureD.Yaml.Documents;

/// <summary>A list.</summary>
internal sealed class YamlSequence(SourcePosition position) : YamlNode(position)
{
    public List<YamlNode> Items { get; } = [];

    public override string Kind => "a list";
}
