namespace PressureD.Core.Policy;

/// <summary>What is made of a metric's values within a window.</summary>
public enum WindowFunction
{
    /// <summary>Change over the time it really took, a second.</summary>
    Rate,

    /// <summary>Mean, each value weighted with the time it stood.</summary>
    Avg,

    /// <summary>The least value.</summary>
    Min,

    /// <summary>The greatest value.</summary>
    Max,

    /// <summary>Change since the beginning of the window.</summary>
    Delta,

    /// <summary>The value at the beginning of the window.</summary>
    Before,
}
