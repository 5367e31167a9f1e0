using System;
using System.Collections.Generic;

namespace PressureD.Cli.Scenarios;

/// <summary>How one scenario file fared.</summary>
/// <param name="File">The file.</param>
/// <param name="Title">What it shows, or empty when it cannot be read.</param>
/// <param name="Problems">What was not as expected, or what is wrong with the file; empty: it passed.</param>
/// <param name="Broken">Whether it could not be run, or not as it is written.</param>
/// <param name="Timeline">What happened around the difference, or empty.</param>
/// <param name="Simulated">Virtual time.</param>
/// <param name="Took">Time on this machine.</param>
internal sealed record ScenarioVerdict(
    string File,
    string Title,
    IReadOnlyList<string> Problems,
    bool Broken,
    string Timeline,
    TimeSpan Simulated,
    TimeSpan Took)
{
    internal bool Passed => Problems.Count == 0;
}
