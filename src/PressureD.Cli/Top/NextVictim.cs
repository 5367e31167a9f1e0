namespace PressureD.Cli.Top;

/// <summary>Whom a rule would end if it had to act.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="IsSomebody">Whether there is somebody.</param>
/// <param name="Text">The daemon's sentence: who, or why nobody.</param>
/// <param name="SeenUsec">When the daemon said so, CLOCK_MONOTONIC.</param>
internal sealed record NextVictim(string Rule, bool IsSomebody, string Text, long SeenUsec);
