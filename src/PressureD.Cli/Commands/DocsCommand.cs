using System;
using System.CommandLine;
using System.IO;
using PressureD.Cli.Reference;

namespace PressureD.Cli.Commands;

/// <summary>
/// pressurectl docs FILE: makes the generated parts of docs/policy-language.md and of the manual pages anew. For those
/// who change the language, so not shown in the help.
/// </summary>
internal static class DocsCommand
{
    internal static Command Create()
    {
        Argument<FileInfo> file = new("FILE") { Description = "The page, changed in place" };
        Command command = new("docs", "Makes the generated parts of a page about the policy language anew") { file };
        command.Hidden = true;
        command.SetAction(parsed => Run(parsed.GetValue(file)!.FullName, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(string path, TextWriter error)
    {
        try
        {
            File.WriteAllText(path, PolicyReference.Update(File.ReadAllText(path)));
            return ExitCode.Success;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            error.WriteLine($"pressurectl: {path}: {e.Message}");
            return ExitCode.Error;
        }
    }
}
