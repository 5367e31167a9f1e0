namespace PressureD.Core.Policy.Expressions;

/// <summary>
/// A condition as it was written; its names and units are checked when it is compiled with its rule.
/// </summary>
public sealed class ParsedCondition
{
    internal ParsedCondition(SourceText source, Expression root, bool hasErrors)
    {
        Source = source;
        Root = root;
        HasErrors = hasErrors;
    }

    public SourceText Source { get; }

    /// <summary>
    /// Its grammar is wrong, which has been reported: it never compiles, but what is wrong with the rest of it is said
    /// then.
    /// </summary>
    public bool HasErrors { get; }

    internal Expression Root { get; }

    /// <summary>Reads a condition.</summary>
    /// <returns>Null when there is nothing of it to check; why is in <paramref name="diagnostics"/>.</returns>
    public static ParsedCondition? Parse(SourceText source, DiagnosticBag diagnostics)
    {
        var parser = new ExpressionParser(source, diagnostics);
        return parser.Parse() is { } root ? new ParsedCondition(source, root, parser.Failed) : null;
    }
}
