using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace PressureD.Cli.Completion;

/// <summary>The script for bash.</summary>
internal static class BashCompletion
{
    internal static string Render(CompletedCommand root)
    {
        StringBuilder text = new("""
            # Completion of pressurectl for bash; made by: pressurectl completion bash
            _pressurectl()
            {
                local word=${COMP_WORDS[COMP_CWORD]} path= option= words= place=0 i
                for ((i = 1; i < COMP_CWORD; i++)); do
                    case "$path ${COMP_WORDS[i]}" in

            """);
        string paths = string.Join(" | ", root.All().Skip(1).Select(static command => $"\"{command.Path}\""));
        text.Append($"            {paths})\n                path+=\" ${{COMP_WORDS[i]}}\"");
        text.Append(" option= place=0; continue ;;\n");
        text.Append("        esac\n        case \"$path:${COMP_WORDS[i]}\" in\n");
        text.Append($"            {string.Join(" | ", Valued(root, many: false))}) option=${{COMP_WORDS[i]}} ;;\n");
        text.Append($"            {string.Join(" | ", Valued(root, many: true))}) option=${{COMP_WORDS[i]}}+ ;;\n");

        // What readline parts at the sign is one word to us: --option=value.
        text.Append("""
                        *:=) ;;
                        *:-?*) option= ;;
                        *) case $option in *+) ;; ?*) option= ;; *) ((place++)) ;; esac ;;
                    esac
                done
                [[ $word == = ]] && word=
                COMPREPLY=()
                case "$path:${option%+}" in

            """);
        foreach (CompletedCommand command in root.All())
        {
            foreach (CompletedOption option in command.Options.Where(static one => one.Value is not null))
                text.Append($"        {Places(command, option)}) {Complete(option.Value!)}return ;;\n");
        }

        text.Append("    esac\n    if [[ $word == -* ]]; then\n        case \"$path\" in\n");
        foreach (CompletedCommand command in root.All())
        {
            string names = string.Join(' ', command.Options.SelectMany(static option => option.Names));
            text.Append($"            \"{command.Path}\") words=\"{names}\" ;;\n");
        }

        text.Append("        esac\n        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n");
        text.Append("        return\n    fi\n    case \"$path:$place\" in\n");
        foreach (CompletedCommand command in root.All())
        {
            if (command.Commands.Count > 0)
            {
                string[] names = [.. command.Commands.Select(static one => one.Name)];
                text.Append($"        \"{command.Path}:0\") {Complete(CompletedValue.OfWords(names))};;\n");
            }

            for (int i = 0; i < command.Arguments.Count; i++)
            {
                if (command.Arguments[i].Kind == ValueKind.Free)
                    continue;
                string place = command.Arguments[i].IsMany ? $"\"{command.Path}:\"*" : $"\"{command.Path}:{i}\"";
                text.Append($"        {place}) {Complete(command.Arguments[i])};;\n");
            }
        }

        return text.Append("    esac\n}\ncomplete -F _pressurectl pressurectl\n").ToString();
    }

    /// <summary>Every option with a value, after its command.</summary>
    private static IEnumerable<string> Valued(CompletedCommand root, bool many) => root.All().SelectMany(command =>
        command.Options.Where(option => option.Value?.IsMany == many).Select(option => Places(command, option)));

    private static string Places(CompletedCommand command, CompletedOption option) =>
        string.Join(" | ", option.Names.Select(name => $"\"{command.Path}:{name}\""));

    private static string Complete(CompletedValue value) => value.Kind switch
    {
        ValueKind.Words => Take($"compgen -W \"{string.Join(' ', value.Words)}\" -- \"$word\""),
        ValueKind.Files => $"compopt -o filenames; {Take("compgen -f -- \"$word\"")}",
        ValueKind.Hosts => Take("compgen -A hostname -- \"$word\""),
        ValueKind.Rules =>
            Take("compgen -W \"$(pressurectl rules 2>/dev/null | awk 'NR > 1 { print $1 }')\" -- \"$word\""),
        _ => "",
    };

    private static string Take(string command) => $"mapfile -t COMPREPLY < <({command}); ";
}
