using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using PressureD.Cli.Incidents;

namespace PressureD.Cli.Commands;

/// <summary>--since and --until.</summary>
internal sealed class PeriodOptions
{
    private const string Forms =
        "a time such as '2026-03-01 07:00' or 14:00, today, yesterday, or how long ago: 90min, 2h, 2d, '2 days ago'";

    private readonly Option<DateTimeOffset?> _since = Create("--since", $"None older: {Forms}");
    private readonly Option<DateTimeOffset?> _until = Create("--until", "None newer: as --since");

    internal void AddTo(Command command)
    {
        command.Add(_since);
        command.Add(_until);
        command.Validators.Add(result =>
        {
            // What cannot be read has an error of its own.
            DateTimeOffset now = DateTimeOffset.Now;
            if (Given(result, _since, now) is not { } since)
                return;
            if (since > Given(result, _until, now))
                result.AddError("--since is later than --until: nothing lies between them");
            else if (since > now)
                result.AddError("--since lies ahead: nothing has happened there yet");
        });
    }

    internal Period Of(ParseResult parsed) => new(
        parsed.GetValue(_since) ?? Period.Ever.Since, parsed.GetValue(_until) ?? Period.Ever.Until);

    /// <summary>Whether one of them was given.</summary>
    internal bool IsGiven(CommandResult result) =>
        result.GetResult(_since) is { Implicit: false } || result.GetResult(_until) is { Implicit: false };

    private static DateTimeOffset? Given(CommandResult result, Option<DateTimeOffset?> option, DateTimeOffset now) =>
        result.GetResult(option) is { Implicit: false, Tokens: [var given] } ? MomentText.Read(given.Value, now) : null;

    private static Option<DateTimeOffset?> Create(string name, string summary) => new(name)
    {
        Description = summary,
        HelpName = "TIME",
        CustomParser = result => Read(result, name),
    };

    private static DateTimeOffset? Read(ArgumentResult result, string name)
    {
        string text = result.Tokens[0].Value;
        if (MomentText.Read(text, DateTimeOffset.Now) is { } time)
            return time;
        result.AddError($"{name}: '{text}' is no time, {MomentText.Expected}");
        return null;
    }
}
