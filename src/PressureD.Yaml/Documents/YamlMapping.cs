using System.Collections.Generic;
using PressureD.Core.Policy;

namespace PressureD.Yaml.Documents;

/// <summary>Keys with values, in the order of the file, each key once.</summary>
internal sealed class YamlMapping(SourcePosition position) : YamlNode(position)
{
    public List<(YamlScalar Key, YamlNode Value)> Entries { get; } = [];

    /// <summary>Where the next thing after it can stand: after its bracket, or where its last line has ended.</summary>
    public SourcePosition End { get; set; }

    public override string Kind => "keys with values";
}
