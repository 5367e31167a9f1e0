# Completion of pressurectl for bash: the tool itself knows its commands, options and their values.
_pressurectl()
{
    local line=${COMP_LINE:0:COMP_POINT}
    local IFS=$'\n'
    mapfile -t COMPREPLY < <(pressurectl "[suggest:${#line}]" "$line" 2>/dev/null | grep -F -- "${COMP_WORDS[COMP_CWORD]}")
}
complete -o default -F _pressurectl pressurectl
