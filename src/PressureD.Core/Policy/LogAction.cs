namespace PressureD.Core.Policy;

/// <summary><c>log: TEXT</c>: writes a line with the rule's name and numbers.</summary>
public sealed record LogAction(string Text) : RuleAction;
