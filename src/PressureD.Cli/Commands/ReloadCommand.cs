using System.CommandLine;
using System.IO;
using PressureD.Core.Policy;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Commands;

/// <summary>pressurectl reload: reads the policy again, and says what is wrong with it.</summary>
internal static class ReloadCommand
{
    internal static Command Create()
    {
        DaemonOptions options = new();
        Command command = new("reload", "Reads the policy again; one with errors changes nothing");
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            bool inForce = false;
            int code = DaemonOptions.Run(parsed, () =>
            {
                using BusClient client = options.Connect(parsed);
                ReloadAnswer answer = client.Reload();
                inForce = answer.IsInForce;
                try
                {
                    Write(answer, options.IsJson(parsed), parsed.InvocationConfiguration.Output);
                }
                catch (OutputException problem) when (problem.IsUnread)
                {
                    // The exit status tells it all the same.
                }
            });
            return code == ExitCode.Success && !inForce ? ExitCode.Error : code;
        });
        return command;
    }

    private static void Write(ReloadAnswer answer, bool json, TextWriter output)
    {
        if (json)
        {
            output.Write(Json(answer));
            return;
        }

        foreach (Diagnostic problem in answer.Diagnostics)
        {
            output.WriteLine(problem);
        }

        output.WriteLine(answer.IsInForce
            ? $"reloaded: {QuantityText.Count(answer.Rules, "rule")}"
            : "the policy on disk has errors: the one before stays in force");
    }

    private static string Json(ReloadAnswer answer) => JsonOutput.Render(writer =>
    {
        writer.WriteBoolean("in_force", answer.IsInForce);
        writer.WriteNumber("rules", answer.Rules);
        writer.WriteStartArray("diagnostics");
        foreach (Diagnostic problem in answer.Diagnostics)
        {
            writer.WriteStartObject();
            writer.WriteString("severity", problem.Severity == DiagnosticSeverity.Error ? "error" : "warning");
            writer.WriteString("file", problem.File);
            writer.WriteNumber("line", problem.Line);
            writer.WriteNumber("column", problem.Column);
            writer.WriteString("message", problem.Message);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });
}
