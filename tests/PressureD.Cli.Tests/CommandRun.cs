using System.CommandLine;
using System.IO;

namespace PressureD.Cli.Tests;

/// <summary>What a command line did.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    internal static CommandRun Of(params string[] arguments)
    {
        StringWriter output = new();
        (int exitCode, string error) = Into(output, arguments);
        return new CommandRun(exitCode, output.ToString(), error);
    }

    /// <summary>With an output of another kind.</summary>
    internal static (int ExitCode, string Error) Into(TextWriter output, params string[] arguments)
    {
        StringWriter error = new();
        int exitCode = PressurectlCommand.Run(
            PressurectlCommand.Create().Parse(arguments),
            new InvocationConfiguration { Output = output, Error = error });
        return (exitCode, error.ToString());
    }
}
