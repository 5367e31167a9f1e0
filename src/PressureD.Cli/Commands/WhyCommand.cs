using System;
using System.CommandLine;
using System.Text;
using PressureD.Cli.Incidents;

namespace PressureD.Cli.Commands;

/// <summary>pressurectl why: what was done, or not, and why.</summary>
internal static class WhyCommand
{
    internal static Command Create() => Create(
        "why",
        "Explains what was done, or was not, and why: the last incident in which something was",
        required: false);

    /// <summary>pressurectl incidents show: the same for one that is named.</summary>
    internal static Command CreateShow() => Create("show", "Shows one incident with its evidence", required: true);

    private static Command Create(string name, string summary, bool required)
    {
        Argument<long?> id = new("ID")
        {
            Description = "The number of the incident, as in the log and in: pressurectl incidents list",
            Arity = required ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne,
        };
        WholeNumber.Bound(id, 1);
        Option<bool> json = new("--json") { Description = "Write the incident as it is kept, one JSON object" };
        Option<string?> html = new("--html") { Description = "Write a report with charts there", HelpName = "FILE" };
        PathArgument.RefuseEmpty(html);
        Option<bool> authenticate = new("--authenticate")
        {
            Description = "Ask for an administrator's password, if need be, to see a command line that is withheld",
        };
        PeriodOptions period = new();
        IncidentOptions options = new();
        Command command = new(name, summary) { id, json, html, authenticate };
        if (!required)
        {
            period.AddTo(command);
            command.Validators.Add(result =>
            {
                if (result.GetResult(id) is { Tokens.Count: > 0 } && period.IsGiven(result))
                    result.AddError("ID says which incident: --since and --until do not go with it");
            });
        }

        options.AddTo(command);
        command.SetAction(parsed => options.With(parsed, source =>
        {
            Period time = required ? Period.Ever : period.Of(parsed);
            byte[] content = IncidentOptions.Find(source, parsed.GetValue(id), time);
            parsed.InvocationConfiguration.Output.Write(parsed.GetValue(json)
                ? Encoding.UTF8.GetString(content).TrimEnd('\n') + "\n"
                : WhyText.Render(IncidentDocument.Parse(content), TimeZoneInfo.Local));
            return parsed.GetValue(html) is not { } file
                || IncidentCharts.Of(IncidentDocument.Parse(content), TimeZoneInfo.Local)
                    .Write(file, parsed.InvocationConfiguration.Error)
                ? ExitCode.Success
                : ExitCode.Error;
        }, parsed.GetValue(authenticate)));
        return command;
    }
}
