namespace PressureD.Core.Policy;

/// <summary><c>record: …</c>: keeps what the machine looks like at this moment as an incident.</summary>
/// <param name="Text">What it is kept for.</param>
public sealed record RecordAction(string Text) : RuleAction;
