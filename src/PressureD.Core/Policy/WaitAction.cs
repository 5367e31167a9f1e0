namespace PressureD.Core.Policy;

/// <summary>
/// <c>wait: D</c>: lets the steps before it work; the chain goes on only if the condition still holds after it, with
/// PSI averages judged by what stalled since the last act.
/// </summary>
/// <param name="DurationUsec">How long.</param>
public sealed record WaitAction(long DurationUsec) : RuleAction;
