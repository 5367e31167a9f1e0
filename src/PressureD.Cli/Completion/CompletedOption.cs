using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;

namespace PressureD.Cli.Completion;

/// <summary>An option.</summary>
/// <param name="Names">Its names, each with its dashes.</param>
/// <param name="Summary">One line.</param>
/// <param name="Value">What follows it; null for a flag.</param>
internal sealed record CompletedOption(IReadOnlyList<string> Names, string Summary, CompletedValue? Value)
{
    internal static CompletedOption Of(Option option) => new(
        [.. option.Aliases.Append(option.Name).Where(IsName).Order(StringComparer.Ordinal)],
        CompletedCommand.FirstLine(option.Description),
        option.Arity.MaximumNumberOfValues == 0 || option.ValueType == typeof(bool)
            ? null
            : CompletedValue.Of(option));

    // The library has names of other systems too: /h, -?.
    private static bool IsName(string name) => name.StartsWith('-') && name != "-?";
}
