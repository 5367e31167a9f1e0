using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Text;
using System.Text.Json;
using PressureD.Simulation.Scenarios;

namespace PressureD.Cli.Scenarios;

/// <summary>
/// A run as one HTML file that needs nothing else: charts that can be zoomed, and what was decided when and why. The
/// charts are drawn by uPlot (MIT licence, Report/uPlot.LICENSE), which is part of the file.
/// </summary>
internal static class HtmlReport
{
    /// <summary>More lines than this cannot be told apart.</summary>
    private const int MaxCgroups = 8;

    internal static string Render(ScenarioReport report)
    {
        string page = Resource("report.html");
        return page
            .Replace("{{TITLE}}", WebUtility.HtmlEncode(report.Scenario.Title), StringComparison.Ordinal)
            .Replace("{{SUMMARY}}", WebUtility.HtmlEncode(OutcomeText.Render(report)), StringComparison.Ordinal)
            .Replace("{{CSS}}", Resource("uPlot.min.css"), StringComparison.Ordinal)
            .Replace("{{UPLOT}}", Resource("uPlot.iife.min.js"), StringComparison.Ordinal)
            .Replace("{{DATA}}", Data(report), StringComparison.Ordinal);
    }

    // The writer's own encoder escapes what could end the script element.
    private static string Data(ScenarioReport report)
    {
        IReadOnlyList<ScenarioRow> rows = report.Outcome.Rows;
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            writer.WriteStartObject();
            Series(writer, "msec", rows, static row => row.Usec / 1000);
            Series(writer, "available", rows, static row => row.AvailableBytes >> 10);
            Series(writer, "anon", rows, static row => row.AnonBytes >> 10);
            Series(writer, "cache", rows, static row => row.CacheBytes >> 10);
            Series(writer, "shmem", rows, static row => row.ShmemBytes >> 10);
            Series(writer, "swap", rows, static row => row.SwapUsedBytes >> 10);
            Series(writer, "memorySome", rows, static row => row.MemorySome10);
            Series(writer, "memoryFull", rows, static row => row.MemoryFull10);
            Series(writer, "ioSome", rows, static row => row.IoSome10);
            Series(writer, "ioFull", rows, static row => row.IoFull10);
            Series(writer, "late", rows, static row => row.ProbeLateUsec / 1000);
            Cgroups(writer, rows);
            Events(writer, report.Outcome.Events);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Series(
        Utf8JsonWriter writer, string name, IReadOnlyList<ScenarioRow> rows, Func<ScenarioRow, long> value)
    {
        writer.WriteStartArray(name);
        foreach (ScenarioRow row in rows)
        {
            writer.WriteNumberValue(value(row));
        }

        writer.WriteEndArray();
    }

    private static void Cgroups(Utf8JsonWriter writer, IReadOnlyList<ScenarioRow> rows)
    {
        Dictionary<string, long> most = [];
        foreach (ScenarioCgroupRow cgroup in rows.SelectMany(static row => row.Cgroups))
        {
            most[cgroup.Path] = Math.Max(most.GetValueOrDefault(cgroup.Path), cgroup.CurrentBytes);
        }

        writer.WriteStartArray("cgroups");
        foreach (string path in most.OrderByDescending(static one => one.Value).Take(MaxCgroups).Select(one => one.Key))
        {
            writer.WriteStartObject();
            writer.WriteString("path", path);
            writer.WriteStartArray("current");
            foreach (ScenarioRow row in rows)
            {
                writer.WriteNumberValue(
                    row.Cgroups.FirstOrDefault(cgroup => cgroup.Path == path).CurrentBytes >> 10);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Events(Utf8JsonWriter writer, IReadOnlyList<ScenarioEvent> events)
    {
        writer.WriteStartArray("events");
        foreach (ScenarioEvent happened in events)
        {
            writer.WriteStartObject();
            writer.WriteNumber("msec", happened.Usec / 1000);
            writer.WriteString("source", happened.Speaker);
            writer.WriteString("kind", happened.Kind.ToString());
            writer.WriteString("text", happened.Text);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static string Resource(string name)
    {
        using Stream stream = typeof(HtmlReport).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is missing from this program");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
