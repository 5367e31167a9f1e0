using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Text.Json;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;

namespace PressureD.Cli.Commands;

/// <summary>A check for programs.</summary>
internal static class CheckJson
{
    private const int Format = 1;

    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        Encoder = PlainJsonEncoder.Instance,
    };

    internal static string Render(PolicySet? policy, IReadOnlyList<Diagnostic> diagnostics, MachineSize machine)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, Options))
        {
            writer.WriteStartObject();
            writer.WriteNumber("format", Format);
            writer.WriteBoolean("usable", policy is not null);
            writer.WriteStartArray("diagnostics");
            foreach (Diagnostic diagnostic in diagnostics)
                Write(writer, diagnostic);
            writer.WriteEndArray();
            writer.WriteStartArray("rules");
            foreach (Rule rule in policy?.Rules ?? [])
                Write(writer, rule, machine);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

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
