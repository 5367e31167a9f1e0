namespace PressureD.Core.Policy;

/// <summary>One step of a rule's chain.</summary>
public abstract record RuleAction;
