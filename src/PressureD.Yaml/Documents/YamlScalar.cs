using PressureD.Core.Policy;

namespace PressureD.Yaml.Documents;

/// <summary>A single value. YAML's own types are not used: what a value is, its key says.</summary>
internal sealed class YamlScalar(
    SourcePosition position, string value, bool plain, ScalarPlaces places) : YamlNode(position)
{
    public string Value { get; } = value;

    /// <summary>Written without quotes.</summary>
    public bool IsPlain { get; } = plain;

    /// <summary>Where it stands in the file.</summary>
    public ScalarPlaces Places { get; } = places;

    /// <summary>The value with the places of its characters.</summary>
    public SourceText Source => Places.Map(Value);

    /// <summary>Nothing was written.</summary>
    public bool IsNull => IsPlain && Value is "" or "~" or "null";

    public override string Kind => IsNull ? "nothing" : Quoted.Of(Value);
}
