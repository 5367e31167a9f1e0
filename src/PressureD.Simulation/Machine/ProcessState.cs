namespace PressureD.Simulation.Machine;

/// <summary>The life of a process.</summary>
public enum ProcessState
{
    Running,

    /// <summary>Killed or exiting: its memory is being freed.</summary>
    Dying,

    /// <summary>Ended and not reaped: a pid and nothing else.</summary>
    Zombie,

    /// <summary>Reaped: the pid names nothing, or another process.</summary>
    Reaped,
}
