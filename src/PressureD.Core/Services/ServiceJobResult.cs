namespace PressureD.Core.Services;

/// <summary>How a job ended.</summary>
public enum ServiceJobResult : byte
{
    /// <summary>It did what was asked; a program ended with exit code 0.</summary>
    Done,

    /// <summary>The job failed, or the program ended otherwise; <see cref="ServiceJob.Detail"/> has its word.</summary>
    Failed,

    /// <summary>The service manager gave it up after the time it had.</summary>
    TimedOut,

    /// <summary>There is no such unit.</summary>
    NoSuchUnit,

    /// <summary>We may not ask for it.</summary>
    Refused,

    /// <summary>There is no service manager to ask, or it was lost meanwhile.</summary>
    Unavailable,
}
