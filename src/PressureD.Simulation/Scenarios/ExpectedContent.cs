namespace PressureD.Simulation.Scenarios;

/// <summary>What a control file contains at a moment.</summary>
/// <param name="Cgroup">Its cgroup, with a leading slash.</param>
/// <param name="File">Its name.</param>
/// <param name="AtUsec">When, since the beginning; <see cref="long.MaxValue"/>: at the end.</param>
/// <param name="Content">Without the newline at its end.</param>
/// <param name="Not">It must not be this.</param>
public sealed record ExpectedContent(string Cgroup, string File, long AtUsec, string Content, bool Not);
