namespace PressureD.Core.Policy.Expressions;

/// <summary>A metric's name, perhaps with <c>host.</c> before it.</summary>
internal sealed record NameExpression(int Start, string Name) : Expression(Start);
