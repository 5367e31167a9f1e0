namespace PressureD.Core.Policy;

/// <summary>Where a part of a condition stands, and how it was written.</summary>
/// <param name="Position">Its first character.</param>
/// <param name="Text">Normalised to one line.</param>
public sealed record ConditionPlace(SourcePosition Position, string Text)
{
    /// <summary>For messages: <c>'mem.free &lt; 10%' (p.yaml:5:11)</c>.</summary>
    public override string ToString() => $"{Quoted.Of(Text)} ({Position})";
}
