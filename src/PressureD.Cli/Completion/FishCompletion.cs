using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace PressureD.Cli.Completion;

/// <summary>The script for fish.</summary>
internal static class FishCompletion
{
    /// <summary>Nobody gives more arguments than that.</summary>
    private const int MostPlaces = 9999;

    internal static string Render(CompletedCommand root)
    {
        string paths = string.Join(' ', root.All().Skip(1).Select(static command => $"'{command.Path}'"));
        string valued = string.Join(' ', Valued(root, many: false));
        string many = string.Join(' ', Valued(root, many: true));
        StringBuilder text = new($$"""
            # Completion of pressurectl for fish; made by: pressurectl completion fish

            # Whether the words so far are those of this command; and, if that is asked for, from so many to so
            # many of its arguments, and no option that waits for its value.
            function __pressurectl_at
                set -l path ''
                set -l option ''
                set -l place 0
                for word in (commandline -opc)[2..]
                    if contains -- "$path $word" {{paths}}
                        set path "$path $word"
                        set option ''
                        set place 0
                    else if contains -- "$path:$word" {{valued}}
                        set option one
                    else if contains -- "$path:$word" {{many}}
                        set option many
                    else if string match -q -- '-?*' $word
                        set option ''
                    else if test "$option" = one
                        set option ''
                    else if test -z "$option"
                        set place (math $place + 1)
                    end
                end
                test "$path" = "$argv[1]"; or return 1
                test (count $argv) -eq 1; and return 0
                test -z "$option"; and test $place -ge $argv[2]; and test $place -le $argv[3]
            end

            function __pressurectl_rules
                pressurectl rules 2>/dev/null | awk 'NR > 1 { print $1 }'
            end

            complete -c pressurectl -f

            """);
        foreach (CompletedCommand command in root.All())
        {
            string at = At(command, null);
            foreach (CompletedCommand below in command.Commands)
                text.Append($"{At(command, (0, 0))} -a {below.Name} -d {Quote(below.Summary)}\n");
            foreach (CompletedOption option in command.Options)
            {
                string names = string.Concat(option.Names.Select(Name));
                string files = option.Value?.Kind == ValueKind.Files ? "" : " -f";
                string value = option.Value is null ? "" : $" -r{files}{Candidates(option.Value)}";
                text.Append($"{at}{names}{value} -d {Quote(option.Summary)}\n");
            }

            for (int i = 0; i < command.Arguments.Count; i++)
            {
                CompletedValue value = command.Arguments[i];
                if (value.Kind != ValueKind.Free)
                    text.Append($"{At(command, (i, value.IsMany ? MostPlaces : i))}{Candidates(value)}\n");
            }
        }

        return text.ToString();
    }

    private static string At(CompletedCommand command, (int From, int To)? places)
    {
        string at = places is (int from, int to) ? $" {from} {to}" : "";
        return $"complete -c pressurectl -n \"__pressurectl_at '{command.Path}'{at}\"";
    }

    /// <summary>Every option with a value, after its command.</summary>
    private static IEnumerable<string> Valued(CompletedCommand root, bool many) => root.All().SelectMany(command =>
        command.Options.Where(option => option.Value?.IsMany == many)
            .SelectMany(option => option.Names.Select(name => $"'{command.Path}:{name}'")));

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
