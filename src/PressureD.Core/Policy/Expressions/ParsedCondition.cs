namespace PressureD.Core.Policy.Expressions;

/// <summary>
/// A condition whose grammar is right; its names and units are checked when it is compiled with its rule.
/// </summary>
public sealed class ParsedCondition
{
    internal ParsedCondition(SourceText source, Expression root)
    {
        Source = source;
        Root = root;
    }

    public SourceText Source { get; }

    internal Expression Root { get; }

    /// <summary>Reads a condition.</summary>
    /// <returns>Null when it has errors; they are in <paramref name="diagnostics"/>.</returns>
    public static ParsedCondition? Parse(SourceText source, DiagnosticBag diagnostics) =>
        new ExpressionParser(source, diagnostics).Parse() is { } root ? new ParsedCondition(source, root) : null;
}
