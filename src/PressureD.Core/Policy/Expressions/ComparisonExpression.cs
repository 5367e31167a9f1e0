namespace PressureD.Core.Policy.Expressions;

/// <summary><c>a &lt; b</c>. Either side may be the number until it is checked.</summary>
internal sealed record ComparisonExpression(int Start, Expression Left, Comparison Comparison, Expression Right)
    : Expression(Start);
