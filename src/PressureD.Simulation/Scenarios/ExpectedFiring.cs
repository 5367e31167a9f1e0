namespace PressureD.Simulation.Scenarios;

/// <summary>A rule that fires: its condition becomes true. Times are since the beginning.</summary>
/// <param name="Rule">Its name.</param>
/// <param name="AfterUsec">Not earlier.</param>
/// <param name="BeforeUsec">Not later.</param>
/// <param name="AtLeast">At least so often.</param>
/// <param name="AtMost">At most so often.</param>
/// <param name="Cgroup">For which match, with a leading slash; null: any.</param>
public sealed record ExpectedFiring(
    string Rule, long AfterUsec, long BeforeUsec, int AtLeast, int AtMost, string? Cgroup);
