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
                local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} path= words= i
                for ((i = 1; i < COMP_CWORD; i++)); do
                    case "$path ${COMP_WORDS[i]}" in

            """);
        string paths = string.Join(" | ", root.All().Skip(1).Select(static command => $"\"{command.Path}\""));
        text.Append($"            {paths}) path+=\" ${{COMP_WORDS[i]}}\" ;;\n");
        text.Append("        esac\n    done\n    COMPREPLY=()\n    case \"$path:$before\" in\n");
        foreach (CompletedCommand command in root.All())
        {
            foreach (CompletedOption option in command.Options.Where(static one => one.Value is not null))
            {
                string places = string.Join(" | ", option.Names.Select(name => $"\"{command.Path}:{name}\""));
                text.Append($"        {places}) {Complete(option.Value!)}return ;;\n");
            }
        }

        text.Append("    esac\n    if [[ $word == -* ]]; then\n        case \"$path\" in\n");
        foreach (CompletedCommand command in root.All())
        {
            string names = string.Join(' ', command.Options.SelectMany(static option => option.Names));
            text.Append($"            \"{command.Path}\") words=\"{names}\" ;;\n");
        }

        text.Append("        esac\n        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n");
        text.Append("        return\n    fi\n    case \"$path\" in\n");
        foreach (CompletedCommand command in root.All())
        {
            // A later argument is of the kind of the last one that says something.
            CompletedValue? value = command.Commands.Count > 0
                ? new CompletedValue("", ValueKind.Words, [.. command.Commands.Select(static one => one.Name)])
                : command.Arguments.FirstOrDefault(static one => one.Kind != ValueKind.Free);
            if (value is not null)
                text.Append($"        \"{command.Path}\") {Complete(value)};;\n");
        }

        return text.Append("    esac\n}\ncomplete -F _pressurectl pressurectl\n").ToString();
    }

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
