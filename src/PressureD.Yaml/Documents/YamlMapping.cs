using System.Collections.Generic;
using PressureD.Core.Policy;

namespace PressureD.Yaml.Documents;

/// <summary>Keys with values, in the order of the file, each key once.</summary>
internal sealed class YamlMapping(SourcePosition position) : YamlNode(position)
{
    public List<(YamlScalar Key, YamlNode Value)> Entries { get; } = [];

    public override string Kind => "keys with values";
}
