namespace PressureD.Core.Commands;

/// <summary>How a command ended.</summary>
public enum CommandOutcome : byte
{
    Done,

    /// <summary>The policy in force has no rule of that name.</summary>
    NoSuchRule,

    /// <summary>An argument makes no sense.</summary>
    InvalidArgument,

    /// <summary>There is no such process or cgroup.</summary>
    NoSuchVictim,

    /// <summary>Who is named is never ended.</summary>
    Protected,

    /// <summary>It makes sense, but not now or not here.</summary>
    NotPossible,
}
