using System.CommandLine;
using PressureD.Cli.Completion;

namespace PressureD.Cli.Commands;

/// <summary>pressurectl completion: scripts for shells, made from what the parser itself knows.</summary>
internal static class CompletionCommand
{
    internal static Command Create()
    {
        Argument<string> shell = new("SHELL") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        Command command = new("completion", "Prints a script that lets a shell complete pressurectl") { shell };
        command.SetAction(parsed =>
        {
            CompletedCommand root = CompletedCommand.Of(PressurectlCommand.Create());
            parsed.InvocationConfiguration.Output.Write(parsed.GetValue(shell) switch
            {
                "bash" => BashCompletion.Render(root),
                "zsh" => ZshCompletion.Render(root),
                _ => FishCompletion.Render(root),
            });
            return ExitCode.Success;
        });
        return command;
    }
}
