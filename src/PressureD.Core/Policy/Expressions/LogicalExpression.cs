using System.Collections.Immutable;

namespace PressureD.Core.Policy.Expressions;

/// <summary>Two or more conditions joined by the same word. Flat, so that a long chain is not a deep tree.</summary>
internal sealed record LogicalExpression(int Start, bool IsAnd, ImmutableArray<Expression> Parts) : Expression(Start);
