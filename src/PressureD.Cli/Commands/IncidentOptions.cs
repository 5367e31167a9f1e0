using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using PressureD.Cli.Incidents;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Commands;

/// <summary>Where the commands on incidents find them, and how they say what is wrong.</summary>
internal sealed class IncidentOptions
{
    private const string UsualDirectory = "/var/lib/pressured/incidents";

    private readonly DaemonOptions _daemon = new();
    private readonly Option<string?> _directory = new("--directory")
    {
        Description = "Where they are kept, read without the daemon. Left out, the daemon is asked, which also has "
            + $"those that still go on; and when it is not there root is shown what is in {UsualDirectory}",
        HelpName = "DIR",
    };

    /// <summary>Adds the options to a command.</summary>
    internal void AddTo(Command command)
    {
        PathArgument.RefuseEmpty(_directory);
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

    /// <summary>
    /// The one of a number; or of a time the last one, if it still goes on, or else the last one that was more than a
    /// word.
    /// </summary>
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
        IReadOnlyList<IncidentRow> rows = source.List(period, 100);
        foreach (IncidentRow row in rows)
        {
            newest ??= row;
            if (row.Outcome is not ("noted" or "recorded"))
            {
                newest = row;
                break;
            }
        }

        if (rows is [{ } last, ..] && last.Id != newest!.Id && source.Get(last.Id) is { } going
            && IncidentDocument.Parse(going) is { SoFarUsec: not null, IsCutOff: false })
        {
            return going;
        }

        return newest is not null && source.Get(newest.Id) is { } found
            ? found
            : throw new FormatException(
                period == Period.Ever
                    ? "there is no incident: no rule has fired"
                    : "there is no incident in that time; see: pressurectl incidents list");
    }

    private IIncidentSource Open(ParseResult parsed, TextWriter error, bool asksPassword)
    {
        if (parsed.GetValue(_directory) is { } given)
            return Read(given, error);
        if (!Environment.IsPrivilegedProcess || _daemon.HasAddress(parsed.CommandResult))
            return new BusIncidents(_daemon.Connect(parsed), asksPassword);
        try
        {
            return Ask(parsed, asksPassword);
        }
        catch (BusException problem) when (problem.IsAbsence)
        {
            error.WriteLine($"pressurectl: {problem.Message}; what is in {UsualDirectory} is shown");
            return Read(UsualDirectory, error);
        }
    }

    private BusIncidents Ask(ParseResult parsed, bool asksPassword)
    {
        BusClient client = _daemon.Connect(parsed);
        try
        {
            // Whether it is there shows when it is asked something.
            client.ListIncidents(0, 0, 1);
            return new BusIncidents(client, asksPassword);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private static DirectoryIncidents Read(string directory, TextWriter error) =>
        new(directory, problem => error.WriteLine($"pressurectl: {problem}"));
}
