namespace PressureD.Core.Policy;

/// <summary><c>stop: always|after-effect</c>: ends the chain here.</summary>
/// <param name="OnlyAfterEffect">Only if an action of this run of the chain changed something.</param>
public sealed record StopAction(bool OnlyAfterEffect) : RuleAction;
