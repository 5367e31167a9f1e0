using PressureD.Systemd.Bus;

namespace PressureD.Cli.Top;

/// <summary>Whom a rule would end if it had to act.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Victim">Who; null when nobody qualifies.</param>
/// <param name="SeenUsec">When the daemon said so, CLOCK_MONOTONIC.</param>
internal sealed record NextVictim(string Rule, ExpectedVictim? Victim, long SeenUsec);
