using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace PressureD.Cli.Commands;

/// <summary>Options and arguments that take a whole number within bounds.</summary>
internal static class WholeNumber
{
    /// <summary>The greatest seed: those that follow it, one for each run, have to be numbers still.</summary>
    public const long MostSeed = 1_000_000_000_000_000_000;

    /// <summary>Refuses, as bad usage, what is not a whole number or is out of bounds.</summary>
    public static void Bound(Option<int> option, int least, int most = int.MaxValue) =>
        option.Validators.Add(result => Check(result.Tokens, option.Name, least, most, result.AddError));

    /// <inheritdoc cref="Bound(Option{int}, int, int)"/>
    public static void Bound(Option<long> option, long least, long most) =>
        option.Validators.Add(result => Check(result.Tokens, option.Name, least, most, result.AddError));

    /// <inheritdoc cref="Bound(Option{int}, int, int)"/>
    public static void Bound(Argument<long?> argument, long least) => argument.Validators.Add(
        result => Check(result.Tokens, argument.Name, least, long.MaxValue, result.AddError));

    /// <summary>What an option says; null when that is wrong, which is told already.</summary>
    public static long? Of(CommandResult command, Option<int> option, int otherwise)
    {
        if (command.GetResult(option) is not { Implicit: false } given)
            return otherwise;

        // By the text, as in Check.
        return given.Tokens is [.., var last]
            && int.TryParse(last.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out int value)
                ? value
                : null;
    }

    private static void Check(
        IReadOnlyList<Token> given, string name, long least, long most, Action<string> addError)
    {
        // By the text: a validator also sees what could not be converted, and asking for its value throws.
        foreach (Token token in given)
        {
            bool isWhole = long.TryParse(
                token.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out long value);
            if (isWhole && value >= least && value <= most)
                continue;
            string expected = most == long.MaxValue ? $"from {least}" : $"from {least} to {most}";
            addError($"{name}: '{token.Value}' is not a whole number {expected}");
        }
    }
}
