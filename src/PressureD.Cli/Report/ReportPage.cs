using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Text;
using System.Text.Json;
using PressureD.Cli.Commands;

namespace PressureD.Cli.Report;

/// <summary>
/// One HTML file that needs nothing else: charts that can be zoomed, and what was decided when and why. The charts are
/// drawn by uPlot (MIT licence, Report/uPlot.LICENSE), which is part of the file.
/// </summary>
internal sealed class ReportPage
{
    internal required string Title { get; init; }

    /// <summary>Text that stands above the charts as it is.</summary>
    internal required string Summary { get; init; }

    /// <summary>The charts' times, milliseconds, ascending.</summary>
    internal required long[] Msec { get; init; }

    internal required IReadOnlyList<ReportChart> Charts { get; init; }

    internal required IReadOnlyList<ReportEvent> Events { get; init; }

    /// <summary>Writes it to a file.</summary>
    /// <returns>Whether it could be written; if not, why is said.</returns>
    internal bool Write(string file, TextWriter error)
    {
        try
        {
            File.WriteAllText(file, Render());
            return true;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"pressurectl: {NameText.Of(file)} cannot be written: {FileProblem.Of(file, problem)}");
            return false;
        }
    }

    /// <summary>The page's text.</summary>
    internal string Render()
    {
        // In one pass: what is put in names programs, and one may be called like a place of the page.
        string template = Resource("report.html");
        StringBuilder page = new();
        int at = 0;
        for (int start; (start = template.IndexOf("{{", at, StringComparison.Ordinal)) >= 0;)
        {
            int end = template.IndexOf("}}", start, StringComparison.Ordinal);
            page.Append(template, at, start - at).Append(Part(template[(start + 2)..end]));
            at = end + 2;
        }

        return page.Append(template, at, template.Length - at).ToString();
    }

    private string Part(string name) => name switch
    {
        "TITLE" => WebUtility.HtmlEncode(Title),
        "SUMMARY" => WebUtility.HtmlEncode(Summary),
        "CSS" => Resource("uPlot.min.css"),
        "UPLOT" => Resource("uPlot.iife.min.js"),
        "DATA" => Data(),
        _ => throw new InvalidOperationException($"the page has a place called {name}"),
    };

    // The writer's own encoder escapes what could end the script element.
    private string Data()
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("msec");
            foreach (long msec in Msec)
            {
                writer.WriteNumberValue(msec);
            }

            writer.WriteEndArray();
            writer.WriteStartArray("charts");
            foreach (ReportChart chart in Charts)
            {
                Append(writer, chart);
            }

            writer.WriteEndArray();
            writer.WriteStartArray("events");
            foreach (ReportEvent happened in Events)
            {
                writer.WriteStartObject();
                writer.WriteNumber("msec", happened.Msec);
                writer.WriteString("source", happened.Source);
                writer.WriteString("text", happened.Text);
                writer.WriteBoolean("marked", happened.IsMarked);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Append(Utf8JsonWriter writer, ReportChart chart)
    {
        writer.WriteStartObject();
        writer.WriteString("title", chart.Title);
        writer.WriteString("unit", chart.Unit);
        writer.WriteBoolean("low", chart.IsLow);
        writer.WriteStartArray("series");
        foreach (ReportSeries series in chart.Series)
        {
            writer.WriteStartObject();
            writer.WriteString("label", series.Label);
            writer.WriteNumber("colour", series.Colour);
            writer.WriteBoolean("filled", series.Filled);
            writer.WriteStartArray("values");
            foreach (double? value in series.Values)
            {
                if (value is { } known)
                {
                    writer.WriteNumberValue(Math.Round(known, 3));
                }
                else
                {
                    writer.WriteNullValue();
                }
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string Resource(string name)
    {
        using Stream stream = typeof(ReportPage).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is missing from this program");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
