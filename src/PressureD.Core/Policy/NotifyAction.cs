namespace PressureD.Core.Policy;

/// <summary><c>notify: low|medium|critical</c>: raises the level that applications and users are told.</summary>
public sealed record NotifyAction(PressureLevel Level) : RuleAction;
