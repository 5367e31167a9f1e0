namespace PressureD.Core.Loop;

/// <summary>How the policy in force stands to the one on disk.</summary>
/// <param name="Problem">Why the one on disk could not be put into force, one sentence; null when it could.</param>
/// <param name="Differs">The files on disk are not those that the policy in force was read from.</param>
public sealed record PolicyStanding(string? Problem, bool Differs);
