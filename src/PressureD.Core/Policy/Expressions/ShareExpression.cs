namespace PressureD.Core.Policy.Expressions;

/// <summary><c>90% of memory.max</c></summary>
internal sealed record ShareExpression(int Start, NumberExpression Share, Expression Whole) : Expression(Start);
