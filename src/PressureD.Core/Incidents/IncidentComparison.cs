using PressureD.Core.Policy;

namespace PressureD.Core.Incidents;

/// <summary>One comparison of the rule's condition as it stood when the rule fired.</summary>
public struct IncidentComparison
{
    public Metric Metric;

    /// <summary>Whether it is the machine's value, not the match's.</summary>
    public bool OfHost;

    public Comparison Comparison;

    /// <summary>The value, in the metric's unit.</summary>
    public long Value;

    /// <summary>What it was compared with, in the metric's unit, a percentage resolved.</summary>
    public long Threshold;
}
