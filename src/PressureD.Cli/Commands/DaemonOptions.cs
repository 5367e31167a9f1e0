using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.IO;
using PressureD.Systemd.Bus;

namespace PressureD.Cli.Commands;

/// <summary>What is common to the commands that speak to the daemon: where it is, and for whom the answer is.</summary>
internal sealed class DaemonOptions
{
    /// <summary>Connecting through ssh may mean to type a password.</summary>
    private const long RemoteConnectUsec = 120_000_000;
    private const long ConnectUsec = 5_000_000;

    private readonly Option<BusAddress> _bus =
        BusOption.Create("--bus", "Where the daemon is", BusAddress.System);

    private readonly Option<string> _host = new("--host", "-H")
    {
        Description = "The daemon of another machine, through ssh, as busctl does",
        HelpName = "[USER@]HOST",
    };

    private readonly Option<bool> _json = new("--json") { Description = JsonSummary };

    private const string JsonSummary = """
        Write JSON. "format" is 1 and grows when a name goes or changes its meaning; new names may come at any time.
        Units are in the names; null is what is not known. Times named "_usec" without "for" are CLOCK_MONOTONIC.
        """;

    internal DaemonOptions() => _host.Validators.Add(static result =>
    {
        // What begins with a dash would be an option of ssh's.
        foreach (Token token in result.Tokens)
        {
            if (token.Value.Length == 0 || token.Value.StartsWith('-'))
                result.AddError($"--host: '{token.Value}' is no host: expected [USER@]HOST");
        }
    });

    /// <summary>Gives a command these options and what it does with the daemon.</summary>
    /// <param name="command">The command.</param>
    /// <param name="run">Asks and writes.</param>
    internal void AddTo(Command command, Action<ParseResult, BusClient, bool, TextWriter> run)
    {
        AddTo(command);
        command.SetAction(parsed => Run(parsed, () =>
        {
            using BusClient client = Connect(parsed);
            run(parsed, client, parsed.GetValue(_json), parsed.InvocationConfiguration.Output);
        }));
    }

    internal void AddTo(Command command)
    {
        command.Options.Add(_json);
        AddWithoutJson(command);
    }

    /// <summary>For a command whose output is for programs anyhow, or that has none.</summary>
    internal void AddWithoutJson(Command command)
    {
        command.Options.Add(_bus);
        command.Options.Add(_host);
    }

    /// <summary>Whether it was said where the daemon is.</summary>
    internal bool HasAddress(CommandResult result) =>
        result.GetResult(_bus) is { Implicit: false } || result.GetResult(_host) is { Implicit: false };

    internal bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>Whether it is the daemon of another machine that is meant.</summary>
    internal bool IsRemote(ParseResult parsed) => parsed.GetValue(_host) is not null;

    internal BusAddress Address(ParseResult parsed) =>
        parsed.GetValue(_host) is { } host ? BusAddress.Remote(host) : parsed.GetValue(_bus)!;

    internal long Patience(ParseResult parsed) =>
        IsRemote(parsed) ? RemoteConnectUsec : ConnectUsec;

    internal BusClient Connect(ParseResult parsed) => new(Address(parsed), Patience(parsed));

    /// <summary>Runs what speaks to the daemon, and says what went wrong.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    internal static int Run(ParseResult parsed, Action act) => Run(parsed, () =>
    {
        act();
        return ExitCode.Success;
    });

    /// <summary>The same for what may end otherwise than well by itself.</summary>
    /// <returns>What it returned, or the <see cref="ExitCode"/> of what went wrong.</returns>
    internal static int Run(ParseResult parsed, Func<int> act)
    {
        try
        {
            return act();
        }
        catch (BusException problem)
        {
            return Tell(problem, parsed.InvocationConfiguration.Error);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or FormatException)
        {
            parsed.InvocationConfiguration.Error.WriteLine($"pressurectl: {problem.Message}");
            return ExitCode.Error;
        }
    }

    /// <summary>Says what went wrong.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    internal static int Tell(BusException problem, TextWriter error)
    {
        error.WriteLine($"pressurectl: {problem.Message}");
        return problem.IsAbsence ? ExitCode.NotReachable
            : problem.Problem == BusProblem.AccessDenied ? ExitCode.AccessDenied
            : ExitCode.Error;
    }
}
