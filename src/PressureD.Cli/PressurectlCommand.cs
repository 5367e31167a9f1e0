using System;
using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.IO;
using System.Linq;
using System.Reflection;
using PressureD.Cli.Commands;
using PressureD.Core.Policy;

namespace PressureD.Cli;

/// <summary>The command line: all commands, and what is common to them.</summary>
internal static class PressurectlCommand
{
    private const string Summary = """
        Asks and steers pressured, the memory-pressure daemon.

        Exit status: 0 done; 1 it could not be done, standard error says why; 2 the command line is wrong;
        3 the daemon is not reachable (no bus, not running, no answer); 4 it is not allowed.
        """;

    internal static RootCommand Create()
    {
        RootCommand root = new(Summary)
        {
            StatusCommand.Create(), TopCommand.Create(), RulesCommand.Create(), ExplainCommand.Create(),
            WhyNotCommand.Create(), WhyCommand.Create(), IncidentsCommand.Create(), MonitorCommand.Create(),
            SteerCommands.Pause(), SteerCommands.Resume(), SteerCommands.DryRun(), ReloadCommand.Create(),
            KillCommand.Create(), CheckCommand.Create(), SchemaCommand.Create(), DemoCommand.Create(),
            TestCommand.Create(), SimulateCommand.Create(), FuzzCommand.Create(), RecordCommand.Create(),
            ReplayCommand.Create(), MetricsCommand.Create(), NotifyAgentCommand.Create(),
            PrekillSocketsCommand.Create(), CompletionCommand.Create(), DocsCommand.Create(),
        };
        foreach (Option option in root.Options)
        {
            if (option is VersionOption)
            {
                option.Action = new ShowVersion();
            }
        }

        return root;
    }

    /// <summary>Runs what was parsed, or says what is wrong with it.</summary>
    internal static int Run(ParseResult parsed, InvocationConfiguration configuration)
    {
        if (parsed.Errors.Count > 0)
        {
            if (CommandProblem(parsed) is { } problem)
            {
                configuration.Error.WriteLine($"pressurectl: {problem}");
            }
            else
            {
                foreach (ParseError error in parsed.Errors)
                {
                    configuration.Error.WriteLine($"pressurectl: {error.Message}");
                }
            }

            configuration.Error.WriteLine($"See: {HelpFor(parsed.CommandResult)} --help");
            return ExitCode.Usage;
        }

        return Invoke(parsed, configuration);
    }

    private static int Invoke(ParseResult parsed, InvocationConfiguration configuration)
    {
        configuration.EnableDefaultExceptionHandler = false;
        try
        {
            return parsed.Invoke(configuration);
        }
        catch (OutputException problem) when (problem.IsUnread)
        {
            // Who reads has what it wanted.
            return ExitCode.Success;
        }
        catch (OutputException problem)
        {
            return Fail($"pressurectl: {problem.Message}", configuration.Error);
        }
        catch (Exception problem)
        {
            // This is our fault, and whoever tells us of it should have the place.
            return Fail($"pressurectl: this should not happen: {problem}", configuration.Error);
        }
    }

    private static int Fail(string said, TextWriter error)
    {
        try
        {
            error.WriteLine(said);
        }
        catch (IOException)
        {
            // The exit status is all that is left to tell it by.
        }

        return ExitCode.Error;
    }

    /// <summary>
    /// What is wrong when a command is missing or there is none of that name; null when that is not it.
    /// </summary>
    private static string? CommandProblem(ParseResult parsed)
    {
        string[] names =
        [
            .. parsed.CommandResult.Command.Subcommands.Where(static one => !one.Hidden).Select(static one => one.Name),
        ];
        if (names.Length == 0)
            return null;
        if (parsed.UnmatchedTokens is not [var given, ..])
            return $"a command is missing: {string.Join(", ", names)}";
        string kind = given.StartsWith('-') ? "option" : "command";
        string hint = Suggestion.Nearest(given, names) is { } near ? $"; did you mean '{near}'?" : "";
        return $"there is no {kind} '{NameText.Of(given)}'{hint}";
    }

    private static string HelpFor(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{HelpFor(parent)} {result.Command.Name}" : "pressurectl";

    private sealed class ShowVersion : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            string version = typeof(PressurectlCommand).Assembly
                .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

            // What follows the plus sign is the commit.
            int plus = version.IndexOf('+', StringComparison.Ordinal);
            parseResult.InvocationConfiguration.Output.WriteLine(
                $"pressurectl {(plus < 0 ? version : version[..plus])}");
            return ExitCode.Success;
        }
    }
}
