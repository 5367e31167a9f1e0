using System.Collections.Generic;
using System.Text.Json;
using PressureD.Core.Policy;

namespace PressureD.Cli.Commands;

/// <summary>A check for programs.</summary>
internal static class CheckJson
{
    internal static string Render(PolicySet? policy, IReadOnlyList<Diagnostic> diagnostics, MachineSize machine) =>
        JsonOutput.Render(writer =>
        {
            writer.WriteBoolean("usable", policy is not null);
            writer.WriteStartArray("diagnostics");
            foreach (Diagnostic diagnostic in diagnostics)
                Write(writer, diagnostic);
            writer.WriteEndArray();
            writer.WriteStartArray("rules");
            foreach (Rule rule in policy?.Rules ?? [])
                Write(writer, rule, machine);
            writer.WriteEndArray();
        });

    private static void Write(Utf8JsonWriter writer, Diagnostic diagnostic)
    {
        writer.WriteStartObject();
        writer.WriteString("severity", diagnostic.Severity == DiagnosticSeverity.Error ? "error" : "warning");
        writer.WriteString("file", diagnostic.File);
        writer.WriteNumber("line", diagnostic.Line);
        writer.WriteNumber("column", diagnostic.Column);
        writer.WriteString("message", diagnostic.Message);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, Rule rule, MachineSize machine)
    {
        writer.WriteStartObject();
        writer.WriteString("name", rule.Name);
        writer.WriteString("source", rule.Source);
        writer.WriteStartArray("text");
        foreach (string line in PolicyText.Describe(rule, machine))
            writer.WriteStringValue(line);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
