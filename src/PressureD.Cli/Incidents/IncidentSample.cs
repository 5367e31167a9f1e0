namespace PressureD.Cli.Incidents;

/// <summary>The machine at one moment of an incident; null is what was not known.</summary>
internal sealed record IncidentSample(
    long AfterUsec,
    long? AvailableBytes,
    long? SwapBytes,
    long? ExhaustionUsec,
    long? MemoryFullTotalUsec,
    long? IoFull,
    long? FirstValue);
