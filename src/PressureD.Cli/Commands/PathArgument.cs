using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.IO;
using System.Linq;
using PressureD.Core.Policy;

namespace PressureD.Cli.Commands;

/// <summary>An argument that names files or directories.</summary>
internal static class PathArgument
{
    /// <summary>What begins with a dash is a mistyped option, unless there is such a file.</summary>
    /// <param name="argument">It.</param>
    internal static void RefuseOptions(Argument argument) => argument.Validators.Add(static result =>
    {
        foreach (Token token in result.Tokens)
        {
            if (token.Value.StartsWith('-') && !Path.Exists(token.Value))
                result.AddError($"there is no option '{NameText.Of(token.Value)}'{Meant(token.Value, result)}");
        }
    });

    private static string Meant(string given, ArgumentResult result)
    {
        Command command = ((CommandResult)result.Parent!).Command;
        return Suggestion.DidYouMean(
            given, command.Options.Where(static one => !one.Hidden).Select(static one => one.Name));
    }
}
