namespace PressureD.Core.Policy.Expressions;

/// <summary>In the place of a part that could not be read, which has been reported.</summary>
internal sealed record MisreadExpression(int Start) : Expression(Start);
