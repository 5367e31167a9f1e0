using System.CommandLine;
using System.IO;

namespace PressureD.Cli.Tests;

/// <summary>What a command line did.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    internal static CommandRun Of(params string[] arguments)
    {
        StringWriter output = new();
        StringWriter error = new();
        int exitCode = PressurectlCommand.Run(
            PressurectlCommand.Create().Parse(arguments),
            new InvocationConfiguration { Output = output, Error = error });
        return new CommandRun(exitCode, output.ToString(), error.ToString());
    }
}
