using System;
using System.CommandLine;
using System.IO;
using PressureD.Cli.Incidents;

namespace PressureD.Cli.Commands;

/// <summary>Where the commands on incidents find them, and how they say what is wrong.</summary>
internal sealed class IncidentOptions
{
    private const string UsualDirectory = "/var/lib/pressured/incidents";

    private readonly DaemonOptions _daemon = new();
    private readonly Option<string?> _directory = new("--directory")
    {
        Description = $"Where they are kept, read without the daemon. Left out: {UsualDirectory} for whoever may look "
            + "there, which is root; the others ask the daemon",
        HelpName = "DIR",
    };

    /// <summary>Adds the options to a command.</summary>
    internal void AddTo(Command command)
    {
        command.Add(_directory);
        _daemon.AddWithoutJson(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_directory) is { Implicit: false } && _daemon.HasAddress(result))
            {
                result.AddError("--directory reads files: it does not go with --bus or --host");
            }
        });
    }

    /// <summary>Does something with the incidents.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="act">What.</param>
    /// <param name="asksPassword">Whether a password may be asked for, to see what is not for everybody.</param>
    /// <returns>What it returns, or the exit code for what is wrong.</returns>
    internal int With(ParseResult parsed, Func<IIncidentSource, int> act, bool asksPassword = false) =>
        DaemonOptions.Run(parsed, () =>
        {
            using IIncidentSource source = Open(parsed, parsed.InvocationConfiguration.Error, asksPassword);
            return act(source);
        });

    /// <summary>The one of a number, or the last one of a time that was more than a word.</summary>
    /// <exception cref="FormatException">There is none.</exception>
    internal static byte[] Find(IIncidentSource source, long? id, Period period)
    {
        if (id is { } given)
        {
            return source.Get(given)
                ?? throw new FormatException(
                    $"there is no incident {given} (any more); see: pressurectl incidents list");
        }

        IncidentRow? newest = null;
        foreach (IncidentRow row in source.List(period, 100))
        {
            newest ??= row;
            if (row.Outcome is not ("noted" or "recorded"))
            {
                newest = row;
                break;
            }
        }

        return newest is not null && source.Get(newest.Id) is { } found
            ? found
            : throw new FormatException(
                period == Period.Ever
                    ? "there is no incident: no rule has fired, or one still goes on, and can be read some 10 s "
                        + "after its last act (pressurectl rules)"
                    : "there is no incident in that time; see: pressurectl incidents list");
    }

    private IIncidentSource Open(ParseResult parsed, TextWriter error, bool asksPassword)
    {
        string? given = parsed.GetValue(_directory);
        bool mayLook = given is not null || Environment.IsPrivilegedProcess || Directory.Exists(UsualDirectory);
        if (mayLook && !_daemon.HasAddress(parsed.CommandResult))
        {
            try
            {
                return new DirectoryIncidents(
                    given ?? UsualDirectory, problem => error.WriteLine($"pressurectl: {problem}"));
            }
            catch (UnauthorizedAccessException) when (given is null)
            {
                // The daemon gives everybody what it keeps.
            }
        }

        return new BusIncidents(_daemon.Connect(parsed), asksPassword);
    }
}
