using System.Collections.Generic;
using System.CommandLine;
using System.Linq;

namespace PressureD.Cli.Completion;

/// <summary>A command as the parser knows it, for scripts that complete it.</summary>
/// <param name="Path">Its name and those above it, each after a blank; empty for the tool itself.</param>
/// <param name="Summary">One line.</param>
/// <param name="Commands">Those below it.</param>
/// <param name="Options">Its own and those that hold everywhere.</param>
/// <param name="Arguments">In their order.</param>
internal sealed record CompletedCommand(
    string Path,
    string Summary,
    IReadOnlyList<CompletedCommand> Commands,
    IReadOnlyList<CompletedOption> Options,
    IReadOnlyList<CompletedValue> Arguments)
{
    internal string Name => Path[(Path.LastIndexOf(' ') + 1)..];

    internal static CompletedCommand Of(RootCommand root) => Of(root, "", []);

    /// <summary>It and everything below it.</summary>
    internal IEnumerable<CompletedCommand> All() => Commands.SelectMany(static one => one.All()).Prepend(this);

    internal static string FirstLine(string? text) => (text ?? "").Split('\n')[0].Trim();

    private static CompletedCommand Of(Command command, string path, IReadOnlyList<Option> inherited) => new(
        path,
        FirstLine(command.Description),
        [
            .. command.Subcommands.Where(static one => !one.Hidden).Select(one => Of(
                one,
                $"{path} {one.Name}",
                [.. inherited, .. command.Options.Where(static option => option.Recursive)])),
        ],
        [
            .. command.Options.Concat(inherited).Where(static option => !option.Hidden).Select(CompletedOption.Of),
        ],
        [
            .. command.Arguments.Where(static argument => !argument.Hidden)
                .Select(CompletedValue.Of),
        ]);
}
