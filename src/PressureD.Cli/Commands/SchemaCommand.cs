using System.CommandLine;
using PressureD.Cli.Reference;

namespace PressureD.Cli.Commands;

/// <summary>pressurectl schema: the policy language for editors.</summary>
internal static class SchemaCommand
{
    internal static Command Create()
    {
        Command command = new(
            "schema",
            "Prints the JSON Schema of policy files. An editor with a YAML language server then completes and checks "
            + "them: put '# yaml-language-server: $schema=PATH' into the first line");
        command.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Output.Write(JsonSchema.Render());
            return ExitCode.Success;
        });
        return command;
    }
}
