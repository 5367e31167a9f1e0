using System;
using System.Linq;
using System.Text;

namespace PressureD.Cli.Completion;

/// <summary>The script for fish.</summary>
internal static class FishCompletion
{
    internal static string Render(CompletedCommand root)
    {
        string paths = string.Join(' ', root.All().Skip(1).Select(static command => $"'{command.Path}'"));
        StringBuilder text = new($$"""
            # Completion of pressurectl for fish; made by: pressurectl completion fish

            # Whether the words so far are those of this command.
            function __pressurectl_at
                set -l path ''
                for word in (commandline -opc)[2..]
                    if contains -- "$path $word" {{paths}}
                        set path "$path $word"
                    end
                end
                test "$path" = "$argv[1]"
            end

            function __pressurectl_rules
                pressurectl rules 2>/dev/null | awk 'NR > 1 { print $1 }'
            end

            complete -c pressurectl -f

            """);
        foreach (CompletedCommand command in root.All())
        {
            string at = $"complete -c pressurectl -n \"__pressurectl_at '{command.Path}'\"";
            foreach (CompletedCommand below in command.Commands)
                text.Append($"{at} -a {below.Name} -d {Quote(below.Summary)}\n");
            foreach (CompletedOption option in command.Options)
            {
                string names = string.Concat(option.Names.Select(Name));
                string files = option.Value?.Kind == ValueKind.Files ? "" : " -f";
                string value = option.Value is null ? "" : $" -r{files}{Candidates(option.Value)}";
                text.Append($"{at}{names}{value} -d {Quote(option.Summary)}\n");
            }

            foreach (CompletedValue value in command.Arguments.Where(static one => one.Kind != ValueKind.Free))
                text.Append($"{at}{Candidates(value)}\n");
        }

        return text.ToString();
    }

    private static string Name(string name) =>
        name.StartsWith("--", StringComparison.Ordinal) ? $" -l {name[2..]}" : $" -s {name[1..]}";

    private static string Candidates(CompletedValue value) => value.Kind switch
    {
        ValueKind.Words => $" -a {Quote(string.Join(' ', value.Words))}",
        ValueKind.Files => " -F",
        ValueKind.Hosts => " -a '(__fish_complete_user_at_hosts)'",
        ValueKind.Rules => " -a '(__pressurectl_rules)'",
        _ => "",
    };

    private static string Quote(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
