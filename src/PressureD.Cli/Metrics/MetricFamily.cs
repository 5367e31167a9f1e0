using System.Collections.Generic;

namespace PressureD.Cli.Metrics;

/// <summary>A metric with its values.</summary>
/// <param name="Name">By the conventions of Prometheus, with its unit at the end; a counter's without "_total".</param>
/// <param name="Unit">"bytes", "seconds", "ratio", or nothing.</param>
/// <param name="Help">One sentence.</param>
internal sealed record MetricFamily(string Name, string Unit, string Help)
{
    /// <summary>Only rises, until the daemon begins anew.</summary>
    internal bool IsCounter { get; init; }

    internal List<MetricPoint> Points { get; } = [];

    /// <summary>Adds a value; one that is not known is left out.</summary>
    internal MetricFamily Add(double? value, params (string Name, string Value)[] labels)
    {
        if (value is { } known)
            Points.Add(new MetricPoint(labels, known));
        return this;
    }

    internal MetricFamily Add(bool? value, params (string Name, string Value)[] labels) =>
        Add(value switch { true => 1, false => 0, _ => (double?)null }, labels);
}
