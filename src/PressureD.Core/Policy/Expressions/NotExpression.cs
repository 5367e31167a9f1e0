namespace PressureD.Core.Policy.Expressions;

/// <summary><c>not x</c></summary>
internal sealed record NotExpression(int Start, Expression Operand) : Expression(Start);
