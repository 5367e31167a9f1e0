namespace PressureD.Simulation.Scenarios;

/// <summary>A process that ends by itself.</summary>
/// <param name="Process">Its name.</param>
/// <param name="BeforeUsec">By when, since the beginning.</param>
public sealed record ExpectedEnd(string Process, long BeforeUsec);
