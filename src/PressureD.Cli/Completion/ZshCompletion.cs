using System;
using System.Linq;
using System.Text;

namespace PressureD.Cli.Completion;

/// <summary>The script for zsh.</summary>
internal static class ZshCompletion
{
    internal static string Render(CompletedCommand root)
    {
        StringBuilder text = new("""
            #compdef pressurectl
            # Completion of pressurectl for zsh; made by: pressurectl completion zsh

            __pressurectl_rule_names()
            {
                local -a rules
                rules=(${(f)"$(_call_program rules pressurectl rules 2>/dev/null | awk 'NR > 1 { print $1 }')"})
                _describe -t rules rule rules
            }

            """);
        foreach (CompletedCommand command in root.All().Reverse())
            Append(text, command);
        return text.Append("\n_pressurectl \"$@\"\n").ToString();
    }

    private static void Append(StringBuilder text, CompletedCommand command)
    {
        text.Append($"\n{Function(command)}()\n{{\n");
        if (command.Commands.Count > 0)
            text.Append("    local curcontext=\"$curcontext\" state line\n");
        text.Append(command.Commands.Count > 0 ? "    _arguments -C \\\n" : "    _arguments \\\n");
        foreach (CompletedOption option in command.Options)
            text.Append($"        {Option(option)} \\\n");
        if (command.Commands.Count == 0)
        {
            foreach (CompletedValue value in command.Arguments)
            {
                string many = value.IsMany ? "*" : "";
                text.Append($"        {Quote($"{many}:{Plain(value.Name)}:{Action(value)}")} \\\n");
            }

            // The command ends in a line continued by a backslash.
            text.Append("        && return 0\n}\n");
            return;
        }

        text.Append("        ': :->command' '*:: :->rest' && return 0\n    case $state in\n        command)\n");
        text.Append("            local -a commands\n            commands=(\n");
        foreach (CompletedCommand below in command.Commands)
            text.Append($"                {Quote($"{below.Name}:{Plain(below.Summary)}")}\n");
        text.Append("            )\n            _describe -t commands command commands ;;\n        rest)\n");
        text.Append("            case $line[1] in\n");
        foreach (CompletedCommand below in command.Commands)
            text.Append($"                {below.Name}) {Function(below)} ;;\n");
        text.Append("            esac ;;\n    esac\n}\n");
    }

    private static string Function(CompletedCommand command) =>
        "_pressurectl" + command.Path.Replace(' ', '_').Replace("-", "_", StringComparison.Ordinal);

    private static string Option(CompletedOption option)
    {
        string value = option.Value is null ? "" : $":{Plain(option.Value.Name)}:{Action(option.Value)}";
        string summary = option.Summary.Replace("[", "\\[", StringComparison.Ordinal)
            .Replace("]", "\\]", StringComparison.Ordinal);
        string rest = Quote($"[{summary}]{value}");
        string names = string.Join(
            ',',
            option.Names.Select(name =>
                name + (option.Value is not null && name.StartsWith("--", StringComparison.Ordinal) ? "=" : "")));
        return option.Names.Count == 1 ? names + rest : $"'({string.Join(' ', option.Names)})'{{{names}}}{rest}";
    }

    private static string Action(CompletedValue value) => value.Kind switch
    {
        ValueKind.Words => $"({string.Join(' ', value.Words)})",
        ValueKind.Files => "_files",
        ValueKind.Hosts => "_user_at_host",
        ValueKind.Rules => "__pressurectl_rule_names",
        _ => " ",
    };

    private static string Plain(string text) => text.Replace(":", "\\:", StringComparison.Ordinal);

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
