namespace PressureD.Systemd.Bus;

/// <summary>How one rule stands.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Source">Where it stands, "file:line".</param>
/// <param name="Phase">"idle", "pending" or "active": the furthest of its matches.</param>
/// <param name="DryRun">Whether it only says what it would do.</param>
/// <param name="Degraded">Whether it asks about something that is not known here.</param>
/// <param name="Matches">How many cgroups it watches; 1 for the machine.</param>
/// <param name="ActiveMatches">For how many of them its condition came true and has not ended.</param>
/// <param name="LastActUsec">When it last acted, CLOCK_MONOTONIC; 0 when never.</param>
/// <param name="CooldownEndUsec">When a cooldown that runs ends; 0 when none runs.</param>
public sealed record RuleStatus(
    string Name,
    string Source,
    string Phase,
    bool DryRun,
    bool Degraded,
    uint Matches,
    uint ActiveMatches,
    ulong LastActUsec,
    ulong CooldownEndUsec);
