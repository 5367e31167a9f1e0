using System.Collections.Generic;

namespace PressureD.Cli.Metrics;

/// <summary>One value of a metric, told from its others by labels.</summary>
internal sealed record MetricPoint(IReadOnlyList<(string Name, string Value)> Labels, double Value);
