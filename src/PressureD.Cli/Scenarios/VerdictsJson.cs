using System.IO;
using System.Text;
using System.Text.Json;
using PressureD.Core.Publishing;

namespace PressureD.Cli.Scenarios;

/// <summary>Verdicts for programs: one JSON object a line.</summary>
internal static class VerdictsJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = PlainJsonEncoder.Instance };

    internal static string Render(ScenarioVerdict verdict)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("file", verdict.File);
            writer.WriteString("title", verdict.Title);
            writer.WriteString("result", verdict.Passed ? "passed" : verdict.Broken ? "broken" : "failed");
            writer.WriteStartArray("problems");
            foreach (string problem in verdict.Problems)
            {
                writer.WriteStringValue(problem);
            }

            writer.WriteEndArray();
            writer.WriteNumber("simulated_usec", (long)verdict.Simulated.TotalMicroseconds);
            writer.WriteNumber("took_usec", (long)verdict.Took.TotalMicroseconds);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
