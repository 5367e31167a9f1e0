namespace PressureD.Cli.Top;

/// <summary>Whom a rule would end if it had to act.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Text">The daemon's sentence.</param>
/// <param name="SeenUsec">When the daemon said so, CLOCK_MONOTONIC.</param>
internal sealed record NextVictim(string Rule, string Text, long SeenUsec);
