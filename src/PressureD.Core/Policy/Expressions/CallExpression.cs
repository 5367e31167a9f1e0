using System.Collections.Immutable;

namespace PressureD.Core.Policy.Expressions;

/// <summary>A function with its arguments: <c>rate(memory.stat.pgscan, 2s)</c>.</summary>
internal sealed record CallExpression(int Start, string Name, ImmutableArray<Expression> Arguments)
    : Expression(Start);
