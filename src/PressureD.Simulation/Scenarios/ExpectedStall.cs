namespace PressureD.Simulation.Scenarios;

/// <summary>How long a process may be stalled.</summary>
/// <param name="Process">Its name.</param>
/// <param name="LongestUsec">A probe: the longest time by which a round ends late.</param>
/// <param name="TotalUsec">A probe: all lateness. Another: all time it waits for memory.</param>
public sealed record ExpectedStall(string Process, long LongestUsec, long TotalUsec);
