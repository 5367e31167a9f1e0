namespace PressureD.Core.Engine;

/// <summary>Where a rule stands for one match.</summary>
public enum MatchPhase
{
    Idle,

    /// <summary>The condition's comparisons hold, and a <c>for</c> is running.</summary>
    Pending,

    /// <summary>The condition became true, and what ends it has not.</summary>
    Active,
}
