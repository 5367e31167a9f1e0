namespace PressureD.Core.Publishing;

/// <summary>What an event tells.</summary>
public enum DaemonEventKind : byte
{
    /// <summary>A line for the log and nothing more.</summary>
    Log,

    /// <summary>The pressure level is another one: <see cref="DaemonEvent.Level"/>.</summary>
    LevelChanged,

    /// <summary>
    /// A rule's chain started: <see cref="DaemonEvent.Rule"/>, and the match in <see cref="DaemonEvent.Cgroup"/>.
    /// </summary>
    RuleFired,

    /// <summary>A victim was signalled, or in a dry run would have been.</summary>
    SignalSent,

    /// <summary>A victim is dead: rule, pid, comm, cgroup and what its death freed.</summary>
    Killed,

    /// <summary>Another policy is in force, with so many <see cref="DaemonEvent.Rules"/>.</summary>
    PolicyReloaded,

    /// <summary>Killing stopped because it does not help, or may go on again.</summary>
    Braked,

    /// <summary>
    /// An incident was kept: <see cref="DaemonEvent.Incident"/>, and in the text what it came to. For the bus alone:
    /// the log has each of its acts already.
    /// </summary>
    IncidentRecorded,

    /// <summary>A job that the service manager was asked for has ended, or is not waited for any more.</summary>
    ServiceJob,

    /// <summary>The brake held a rule's kill back; while it does, it is said again and again.</summary>
    HeldBack,
}
