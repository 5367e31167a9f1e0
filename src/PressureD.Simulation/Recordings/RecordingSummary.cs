namespace PressureD.Simulation.Recordings;

/// <summary>What a recording is of.</summary>
/// <param name="Host">The machine's name.</param>
/// <param name="Release">Its kernel's version.</param>
/// <param name="WallStartUsec">The first sample's time of day, since 1970.</param>
/// <param name="DurationUsec">From the first sample to the last.</param>
/// <param name="Samples">How many.</param>
/// <param name="LongestGapUsec">The longest time between two.</param>
/// <param name="MostProcesses">The most processes of any sample.</param>
/// <param name="MostCgroups">The most cgroups of any sample.</param>
/// <param name="KernelKills">Processes that the kernel's OOM killer ended meanwhile.</param>
/// <param name="IsGuarded">Whether pressured itself ran there at first.</param>
public sealed record RecordingSummary(
    string Host,
    string Release,
    long WallStartUsec,
    long DurationUsec,
    long Samples,
    long LongestGapUsec,
    int MostProcesses,
    int MostCgroups,
    long KernelKills,
    bool IsGuarded);
