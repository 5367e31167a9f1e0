namespace PressureD.Core.Policy;

/// <summary>A metric as a condition uses it.</summary>
/// <param name="Metric">Which.</param>
/// <param name="OfHost">True when it is the machine's value, false when it is the match's.</param>
/// <param name="Slot">
/// Its place in the sample: an index into <see cref="PolicySet.HostMetrics"/> or
/// <see cref="PolicySet.CgroupMetrics"/>.
/// </param>
public readonly record struct MetricOperand(Metric Metric, bool OfHost, int Slot);
