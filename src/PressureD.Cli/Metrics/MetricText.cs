using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace PressureD.Cli.Metrics;

/// <summary>
/// Metrics as text: OpenMetrics 1.0, or Prometheus' text format 0.0.4, the only one that node_exporter's textfile
/// collector reads. They differ in the name that describes a counter, in units, and in the end.
/// </summary>
internal static class MetricText
{
    internal static string OpenMetrics(IReadOnlyList<MetricFamily> families)
    {
        StringBuilder text = new();
        foreach (MetricFamily family in families)
        {
            Describe(text, family, family.Name);
            if (family.Unit.Length > 0)
                text.Append($"# UNIT {family.Name} {family.Unit}\n");
            AppendPoints(text, family);
        }

        return text.Append("# EOF\n").ToString();
    }

    internal static string Prometheus(IReadOnlyList<MetricFamily> families)
    {
        StringBuilder text = new();
        foreach (MetricFamily family in families)
        {
            Describe(text, family, SampleName(family));
            AppendPoints(text, family);
        }

        return text.ToString();
    }

    private static void Describe(StringBuilder text, MetricFamily family, string name)
    {
        string help = family.Help.Replace("\\", "\\\\", StringComparison.Ordinal);
        text.Append($"# HELP {name} {help}\n# TYPE {name} {(family.IsCounter ? "counter" : "gauge")}\n");
    }

    private static string SampleName(MetricFamily family) => family.IsCounter ? $"{family.Name}_total" : family.Name;

    private static void AppendPoints(StringBuilder text, MetricFamily family)
    {
        foreach (MetricPoint point in family.Points)
        {
            string labels = string.Join(
                ',', point.Labels.Select(static label => $"{label.Name}=\"{Escape(label.Value)}\""));
            text.Append(SampleName(family)).Append(labels.Length > 0 ? $"{{{labels}}}" : "").Append(' ')
                .Append(point.Value.ToString("0.######", CultureInfo.InvariantCulture)).Append('\n');
        }
    }

    private static string Escape(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);
}
