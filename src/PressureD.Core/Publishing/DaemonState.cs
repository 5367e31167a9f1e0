namespace PressureD.Core.Publishing;

/// <summary>What the daemon as a whole is doing.</summary>
public enum DaemonState : byte
{
    /// <summary>Not yet stepping: reading the policy, opening the kernel, rehearsing.</summary>
    Starting,

    /// <summary>Every rule is evaluated with all that it asks about.</summary>
    Guarding,

    /// <summary>Guarding with less than the policy asks for; the reasons are named.</summary>
    Degraded,

    /// <summary>Sampling goes on, no action is taken, because somebody asked for that.</summary>
    Paused,

    /// <summary>Undoing what is reversible and leaving.</summary>
    Stopping,
}
