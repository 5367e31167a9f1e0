namespace PressureD.Core.Policy;

/// <summary>A place in a policy or scenario file.</summary>
/// <param name="File">The file as it was named.</param>
/// <param name="Line">From 1; 0 when the whole file is meant.</param>
/// <param name="Column">From 1, in UTF-16 units.</param>
public readonly record struct SourcePosition(string File, int Line, int Column)
{
    public override string ToString() => Line == 0 ? File : $"{File}:{Line}:{Column}";
}
