namespace PressureD.Simulation.Workloads;

/// <summary>How the rate of a leak comes from its first to its last value.</summary>
public enum LeakShape
{
    /// <summary>It does not change.</summary>
    Constant,

    /// <summary>By equal amounts.</summary>
    Ramp,

    /// <summary>By equal factors.</summary>
    Exponential,

    /// <summary>At once, when the time is over.</summary>
    Step,
}
