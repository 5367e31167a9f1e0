namespace PressureD.Systemd.Bus;

/// <summary>One reason why a rule does not act.</summary>
/// <param name="Kind">
/// "condition", "unknown", "term" (one comparison of the condition just before it), "for", "paused", "dry-run",
/// "no-match", "brake", "cooldown", "wait", "in-flight", "no-place" or "no-candidate".
/// </param>
/// <param name="Cgroup">The match, without a leading slash; empty for the machine or for all matches.</param>
/// <param name="Text">One sentence.</param>
/// <param name="UntilUsec">Until when it holds, CLOCK_MONOTONIC; 0 when that is not known.</param>
public sealed record WhyNotReason(string Kind, string Cgroup, string Text, ulong UntilUsec);
