namespace PressureD.Cli.Notifications;

/// <summary>What a user is told when a process of another user or of the system was ended.</summary>
internal enum OthersPolicy
{
    /// <summary>Nothing.</summary>
    Hide,

    /// <summary>That there was one.</summary>
    Mention,

    /// <summary>The same as of their own.</summary>
    Name,
}
