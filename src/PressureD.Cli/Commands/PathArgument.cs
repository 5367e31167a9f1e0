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
    /// <summary>
    /// What begins with a dash is a mistyped option, unless there is such a file; what is empty is an unset variable.
    /// </summary>
    /// <param name="argument">It.</param>
    internal static void RefuseOptions(Argument argument) => argument.Validators.Add(static result =>
    {
        foreach (Token token in result.Tokens)
        {
            if (token.Value.Length == 0)
                result.AddError($"{result.Argument.Name} needs a value");
            else if (token.Value.StartsWith('-') && !Path.Exists(token.Value))
                result.AddError($"there is no option '{NameText.Of(token.Value)}'{Meant(token.Value, result)}");
        }
    });

    /// <summary>What is empty names no file.</summary>
    /// <param name="option">One whose values are files, or may be.</param>
    internal static void RefuseEmpty(Option option) => option.Validators.Add(static result =>
    {
        foreach (Token token in result.Tokens)
        {
            if (token.Value.Length == 0)
                result.AddError($"{result.Option.Name} needs a value");
        }
    });

    private static string Meant(string given, ArgumentResult result)
    {
        Command command = ((CommandResult)result.Parent!).Command;
        return Suggestion.DidYouMean(
            given, command.Options.Where(static one => !one.Hidden).Select(static one => one.Name));
    }
}
