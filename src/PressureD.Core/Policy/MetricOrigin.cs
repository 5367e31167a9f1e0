namespace PressureD.Core.Policy;

/// <summary>Where a value is read.</summary>
/// <param name="Source">How.</param>
/// <param name="File">See <see cref="Metric.File"/>.</param>
/// <param name="Key">See <see cref="Metric.Key"/>.</param>
public sealed record MetricOrigin(MetricSource Source, string File, string Key);
