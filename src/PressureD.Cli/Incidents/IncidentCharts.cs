using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PressureD.Cli.Report;

namespace PressureD.Cli.Incidents;

/// <summary>An incident as a page with charts of what its samples show. Time 0 is when the rule fired.</summary>
internal static class IncidentCharts
{
    /// <summary>A trend that leaves more time than this says only that nothing was urgent.</summary>
    private const long TellingExhaustionUsec = 120_000_000;

    internal static ReportPage Of(IncidentDocument incident, TimeZoneInfo zone)
    {
        DateTimeOffset time = TimeZoneInfo.ConvertTime(incident.Time, zone);
        string when = time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        string rule = incident.Rule.Length == 0 ? "by hand" : incident.Rule;
        return new ReportPage
        {
            Title = $"Incident {incident.Id}: {rule}, {incident.Outcome}, {when}",
            Summary = WhyText.Render(incident, zone, isReport: true),
            Msec = [.. incident.Samples.Select(static sample => sample.AfterUsec / 1000)],
            Charts = incident.Samples.Count == 0 ? [] : [.. Charts(incident)],
            Events = [.. incident.Acts.Select(Event)],
        };
    }

    private static IEnumerable<ReportChart> Charts(IncidentDocument incident)
    {
        List<ReportSeries> memory =
            [new("available", 2, Mib(incident, static one => one.AvailableBytes), Filled: true)];
        if (incident.Samples.Exists(static sample => sample.SwapBytes > 0))
        {
            memory.Add(new ReportSeries("swap free", 4, Mib(incident, static one => one.SwapBytes)));
        }

        yield return new ReportChart("Memory", " MiB", memory);
        yield return new ReportChart(
            "Time in which everything stood still",
            " %",
            [
                new("for memory, since the sample before", 1, Stalls(incident), Filled: true),
                new("for io, 10 s average", 5, Scaled(incident, static one => one.IoFull, 1e4)),
            ]);
        if (incident.Comparisons.FirstOrDefault() is { Threshold: { } threshold } first
            && incident.Samples.Exists(static sample => sample.FirstValue is not null))
        {
            (double divisor, string unit) = Scale(first.Unit);
            double?[] limit = new double?[incident.Samples.Count];
            Array.Fill(limit, threshold / divisor);
            yield return new ReportChart(
                $"What the rule asks about first: {first.Metric} {first.Sign} {FigureText.Of(threshold, first.Unit)}",
                unit,
                [new(first.Metric, 0, FirstValues(incident, first, divisor)), new("limit", 1, limit)]);
        }

        double?[] exhaustion = Scaled(
            incident, static one => one.ExhaustionUsec < TellingExhaustionUsec ? one.ExhaustionUsec : null, 1e6);
        if (exhaustion.Any(static value => value is not null))
        {
            yield return new ReportChart(
                "Time until memory and swap are used up, at that rate",
                " s",
                [new("left", 3, exhaustion)],
                IsLow: true);
        }
    }

    /// <summary>A time that is far off would make a flat line of the time that counts.</summary>
    private static double?[] FirstValues(IncidentDocument incident, IncidentComparison first, double divisor) =>
        first.Unit == "usec"
            ? Scaled(
                incident, static one => one.FirstValue < TellingExhaustionUsec ? one.FirstValue : null, divisor)
            : Scaled(incident, static one => one.FirstValue, divisor);

    private static (double Divisor, string Unit) Scale(string unit) => unit switch
    {
        "millionths" => (1e4, " %"),
        "bytes" => (1 << 20, " MiB"),
        "bytes/s" => (1 << 20, " MiB/s"),
        "usec" => (1e6, " s"),
        "thousandths/s" => (1e3, "/s"),
        _ => (1, ""),
    };

    private static double?[] Stalls(IncidentDocument incident)
    {
        double?[] values = new double?[incident.Samples.Count];
        for (int i = 1; i < values.Length; i++)
        {
            values[i] = WhyText.Stall(incident.Samples[i - 1], incident.Samples[i]) / 1e4;
        }

        return values;
    }

    private static double?[] Mib(IncidentDocument incident, Func<IncidentSample, long?> bytes) =>
        Scaled(incident, bytes, 1 << 20);

    private static double?[] Scaled(IncidentDocument incident, Func<IncidentSample, long?> value, double divisor) =>
        [.. incident.Samples.Select(sample => value(sample) / divisor)];

    private static ReportEvent Event(IncidentAct act) => new(
        act.AfterUsec / 1000,
        act.Kind == "died" ? "process" : "pressured",
        act.Text,
        act.Kind is not ("said" or "recorded"));
}
