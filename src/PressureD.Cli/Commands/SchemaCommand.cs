using System.CommandLine;
using PressureD.Cli.Reference;

namespace PressureD.Cli.Commands;

/// <summary>pressurectl schema: policy and scenario files for editors.</summary>
internal static class SchemaCommand
{
    internal static Command Create()
    {
        Option<bool> scenarios = new("--scenarios") { Description = "That of scenario files" };
        Command command = new(
            "schema",
            "Prints the JSON Schema of policy files. An editor with a YAML language server then completes and checks "
            + "them: put '# yaml-language-server: $schema=PATH' into the first line")
        {
            scenarios,
        };
        command.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Output.Write(
                parsed.GetValue(scenarios) ? JsonSchema.OfScenarios() : JsonSchema.OfPolicies());
            return ExitCode.Success;
        });
        return command;
    }
}
