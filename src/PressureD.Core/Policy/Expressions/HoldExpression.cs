namespace PressureD.Core.Policy.Expressions;

/// <summary><c>x for D</c>: the comparison or parenthesis has been true without a break for that long.</summary>
internal sealed record HoldExpression(int Start, Expression Operand, NumberExpression Duration) : Expression(Start);
