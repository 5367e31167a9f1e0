namespace PressureD.Simulation.Scenarios;

/// <summary>Who tells an event of a run.</summary>
public enum ScenarioSource
{
    Daemon,

    /// <summary>The kernel's own OOM killer.</summary>
    Kernel,

    /// <summary>A process that ended.</summary>
    Process,

    /// <summary>The recording that is replayed.</summary>
    Recording,
}
