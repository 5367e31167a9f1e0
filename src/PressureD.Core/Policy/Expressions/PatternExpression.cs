namespace PressureD.Core.Policy.Expressions;

/// <summary>A text in quotes, which a function takes as a pattern over cgroup paths.</summary>
internal sealed record PatternExpression(int Start, string Text) : Expression(Start);
