using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Text;
using PressureD.Cli.Incidents;

namespace PressureD.Cli.Commands;

/// <summary>pressurectl incidents: list, show, export, record.</summary>
internal static class IncidentsCommand
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 10_000;

    internal static Command Create() => new("incidents", "Lists, shows and exports what fired and what came of it")
    {
        CreateList(), WhyCommand.CreateShow(), CreateExport(), CreateRecord(),
    };

    private static Command CreateList()
    {
        PeriodOptions period = new();
        Option<int> limit = LimitOption(DefaultLimit);
        Option<bool> json = new("--json")
        {
            Description = "Write one JSON object: \"format\" 1 and \"incidents\", newest first",
        };
        IncidentOptions options = new();
        Command command = new("list", "Lists incidents, newest first") { limit, json };
        period.AddTo(command);
        options.AddTo(command);
        command.SetAction(parsed => options.With(parsed, source =>
        {
            IReadOnlyList<IncidentRow> rows = source.List(period.Of(parsed), parsed.GetValue(limit));
            TextWriter output = parsed.InvocationConfiguration.Output;
            output.Write(parsed.GetValue(json) ? Json(rows) : Text(rows));
            return ExitCode.Success;
        }));
        return command;
    }

    private static Command CreateExport()
    {
        PeriodOptions period = new();
        Option<int> limit = LimitOption(MaxLimit);
        IncidentOptions options = new();
        Command command = new("export", "Writes incidents as JSON, one on a line, oldest first") { limit };
        period.AddTo(command);
        options.AddTo(command);
        command.SetAction(parsed => options.With(parsed, source =>
        {
            IReadOnlyList<IncidentRow> rows = source.List(period.Of(parsed), parsed.GetValue(limit));
            for (int i = rows.Count - 1; i >= 0; i--)
            {
                try
                {
                    // It may have gone meanwhile, when the store is full.
                    if (source.Get(rows[i].Id) is { } content)
                    {
                        parsed.InvocationConfiguration.Output.Write(Encoding.UTF8.GetString(content) + "\n");
                    }
                }
                catch (FormatException problem)
                {
                    parsed.InvocationConfiguration.Error.WriteLine($"pressurectl: {problem.Message}");
                }
            }

            return ExitCode.Success;
        }));
        return command;
    }

    private static Command CreateRecord()
    {
        Argument<string> text = new("TEXT") { Description = "What it is kept for" };
        Command command = new(
            "record", "Lets the daemon keep what it sees of the machine now, from before until some 10 s later")
        {
            text,
        };
        new DaemonOptions().AddTo(command, (parsed, client, json, output) =>
        {
            ulong id = client.Record(parsed.GetValue(text)!);
            output.Write(json
                ? JsonOutput.Render(writer => writer.WriteNumber("incident", id))
                : $"incident {id}, complete in some 10 s: pressurectl incidents show {id}\n");
        });
        return command;
    }

    private static Option<int> LimitOption(int most)
    {
        Option<int> limit = new("--limit")
        {
            Description = "How many at most", HelpName = "N", DefaultValueFactory = _ => most,
        };
        WholeNumber.Bound(limit, 1, MaxLimit);
        return limit;
    }

    private static string Text(IReadOnlyList<IncidentRow> rows)
    {
        if (rows.Count == 0)
        {
            return "no incidents\n";
        }

        var text = new StringBuilder();
        foreach (IncidentRow row in rows)
        {
            text.Append(row.Id.ToString(CultureInfo.InvariantCulture).PadLeft(5)).Append("  ");
            text.Append(row.Time.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture));
            string rule = row.Rule.Length > 0 ? $"{row.Rule}: " : "";
            text.Append("  ").Append(row.Outcome.PadRight(10)).Append("  ");
            text.Append(rule).Append(row.Summary).Append('\n');
        }

        return text.ToString();
    }

    private static string Json(IReadOnlyList<IncidentRow> rows) => JsonOutput.Render(writer =>
    {
        writer.WriteStartArray("incidents");
        foreach (IncidentRow row in rows)
        {
            writer.WriteStartObject();
            writer.WriteNumber("id", row.Id);
            writer.WriteNumber(
                "time_usec", (row.Time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
            writer.WriteString("rule", row.Rule);
            writer.WriteString("outcome", row.Outcome);
            writer.WriteString("summary", row.Summary);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });
}
