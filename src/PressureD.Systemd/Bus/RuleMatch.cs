namespace PressureD.Systemd.Bus;

/// <summary>How one match of a rule stands.</summary>
/// <param name="Cgroup">Its cgroup from the root, without a leading slash; empty for the machine.</param>
/// <param name="Phase">"idle", "pending" or "active".</param>
/// <param name="Condition">"true", "false" or "unknown".</param>
/// <param name="SinceUsec">Since when the condition is so, CLOCK_MONOTONIC; 0 before the first sample.</param>
/// <param name="CooldownEndUsec">When a cooldown that runs ends; 0 when none runs.</param>
public sealed record RuleMatch(string Cgroup, string Phase, string Condition, ulong SinceUsec, ulong CooldownEndUsec);
