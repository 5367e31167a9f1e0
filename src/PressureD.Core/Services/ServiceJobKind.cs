namespace PressureD.Core.Services;

/// <summary>What the service manager is asked to do.</summary>
public enum ServiceJobKind : byte
{
    /// <summary>Run a program as a transient unit, and say when it has ended.</summary>
    Run,

    /// <summary>Restart a unit.</summary>
    Restart,

    /// <summary>Stop a unit.</summary>
    Stop,

    /// <summary>Set a limit of a unit, until the machine is started anew.</summary>
    SetLimit,
}
