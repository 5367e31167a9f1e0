namespace PressureD.Systemd.Bus;

/// <summary>The properties of org.pressured1.Manager, in the order in which they are shown.</summary>
internal enum ManagerProperty
{
    Version,
    State,
    Level,
    DryRun,
    PausedUntilUSec,
    PauseReason,
    MemoryTotal,
    MemoryAvailable,
    MemoryAvailableUser,
    SwapTotal,
    SwapFree,
    TimeToExhaustionUSec,
    MemorySomeAvg10,
    MemoryFullAvg10,
    IoFullAvg10,
    Kills,
    PolicyDiffers,
    DegradedReasons,
}
