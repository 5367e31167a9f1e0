namespace PressureD.Cli.Completion;

/// <summary>What can stand at a place of the command line.</summary>
internal enum ValueKind
{
    /// <summary>Something that nobody can know beforehand: a number, a time, a reason.</summary>
    Free,

    /// <summary>One of some words.</summary>
    Words,

    Files,

    /// <summary>A rule of the daemon that runs.</summary>
    Rules,

    /// <summary>A machine that ssh may know.</summary>
    Hosts,
}
