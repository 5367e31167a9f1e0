using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Completions;
using System.Linq;

namespace PressureD.Cli.Completion;

/// <summary>The value of an option, or an argument.</summary>
/// <param name="Name">What the help calls it.</param>
/// <param name="Kind">What it can be.</param>
/// <param name="Words">The words, for that kind.</param>
/// <param name="IsMany">Whether several can follow each other.</param>
internal sealed record CompletedValue(string Name, ValueKind Kind, IReadOnlyList<string> Words, bool IsMany)
{
    private static readonly string[] FileNames = ["FILE", "FILES", "PATH", "path", "DIR", "POLICY", "scenario"];

    internal static CompletedValue Of(Argument argument) =>
        Of(argument, argument.Name, argument.Arity.MaximumNumberOfValues > 1);

    internal static CompletedValue Of(Option option) =>
        Of(option, option.HelpName ?? "", option.AllowMultipleArgumentsPerToken);

    internal static CompletedValue OfWords(IReadOnlyList<string> words) => new("", ValueKind.Words, words, false);

    private static CompletedValue Of(Symbol symbol, string name, bool isMany)
    {
        string[] words = [.. symbol.GetCompletions(CompletionContext.Empty).Select(static item => item.Label)];
        ValueKind kind = name switch
        {
            _ when words.Length > 0 => ValueKind.Words,
            "RULE" => ValueKind.Rules,
            "[USER@]HOST" => ValueKind.Hosts,
            _ when FileNames.Contains(name) => ValueKind.Files,
            _ => ValueKind.Free,
        };
        return new CompletedValue(name, kind, words, isMany);
    }
}
