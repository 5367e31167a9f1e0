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

    /// <summary>How the matches of the rule <see cref="Command.Name"/> stand.</summary>
    Explain,

    /// <summary>Why the rule <see cref="Command.Name"/> does not act.</summary>
    WhyNot,
}
