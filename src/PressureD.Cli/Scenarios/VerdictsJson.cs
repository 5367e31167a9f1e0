using PressureD.Cli.Commands;

namespace PressureD.Cli.Scenarios;

/// <summary>Verdicts for programs: one JSON object a line.</summary>
internal static class VerdictsJson
{
    internal static string Render(ScenarioVerdict verdict) => JsonOutput.RenderLine(writer =>
    {
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
    });
}
