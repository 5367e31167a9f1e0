namespace PressureD.Core.Victims;

/// <summary>Why kills are held back.</summary>
internal enum BrakeReason
{
    None,

    /// <summary>The last deaths freed less than a quarter of what they should have.</summary>
    Futile,

    /// <summary>All rules together have killed as often within a minute as the policy allows.</summary>
    Policy,

    /// <summary>The rule has killed as often within a minute as its action allows.</summary>
    Rule,
}
