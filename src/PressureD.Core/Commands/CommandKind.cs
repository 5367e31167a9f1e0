namespace PressureD.Core.Commands;

/// <summary>What somebody asks of the loop.</summary>
public enum CommandKind : byte
{
    /// <summary>
    /// No action for <see cref="Command.Number"/> microseconds, for the reason in <see cref="Command.Text"/>.
    /// </summary>
    Pause,

    /// <summary>Ends a pause.</summary>
    Resume,

    /// <summary>
    /// Actions of the rule <see cref="Command.Name"/>, or of all rules when it is empty, are only said
    /// (<see cref="Command.Flag"/>), or done.
    /// </summary>
    SetDryRun,

    /// <summary>The rules and how each stands.</summary>
    ListRules,

    /// <summary>What the swap section has set, or would.</summary>
    ListLimits,

    /// <summary>How the matches of the rule <see cref="Command.Name"/> stand.</summary>
    Explain,

    /// <summary>Why the rule <see cref="Command.Name"/> does not act.</summary>
    WhyNot,

    /// <summary>
    /// Keeps what the machine looks like as an incident, for what <see cref="Command.Text"/> says.
    /// </summary>
    Record,

    /// <summary>
    /// Ends whom the rule <see cref="Command.Name"/> would end, or says whom (<see cref="Command.Flag"/>).
    /// </summary>
    KillByRule,

    /// <summary>Ends all in the cgroup <see cref="Command.Name"/>, or says whom.</summary>
    KillCgroup,

    /// <summary>Ends the process <see cref="Command.Number"/>, or says whom.</summary>
    KillProcess,
}
