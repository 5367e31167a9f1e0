using System;
using System.CommandLine;
using System.IO;
using PressureD.Cli.Incidents;

namespace PressureD.Cli.Commands;

/// <summary>Where the commands on incidents find them, and how they say what is wrong.</summary>
internal sealed class IncidentOptions
{
    private readonly Option<string> _directory = new("--directory")
    {
        Description = "Where they are kept; only root may look",
        HelpName = "DIR",
        DefaultValueFactory = _ => "/var/lib/pressured/incidents",
    };

    /// <summary>Adds the options to a command.</summary>
    internal void AddTo(Command command) => command.Add(_directory);

    /// <summary>Does something with the incidents.</summary>
    /// <returns>What it returns, or the exit code for what is wrong.</returns>
    internal int With(ParseResult parsed, Func<IIncidentSource, int> act)
    {
        TextWriter error = parsed.InvocationConfiguration.Error;
        try
        {
            using var source = new DirectoryIncidents(
                parsed.GetValue(_directory)!, problem => error.WriteLine($"pressurectl: {problem}"));
            return act(source);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            error.WriteLine($"pressurectl: {e.Message}");
            return ExitCode.Error;
        }
    }

    /// <summary>The one of a number, or the last one that was more than a word.</summary>
    /// <exception cref="FormatException">There is none.</exception>
    internal static byte[] Find(IIncidentSource source, long? id)
    {
        if (id is { } given)
        {
            return source.Get(given)
                ?? throw new FormatException(
                    $"there is no incident {given} (any more); see: pressurectl incidents list");
        }

        IncidentRow? newest = null;
        foreach (IncidentRow row in source.List(DateTimeOffset.UnixEpoch, 100))
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
            : throw new FormatException("there is no incident: no rule has fired");
    }
}
