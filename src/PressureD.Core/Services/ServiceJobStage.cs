namespace PressureD.Core.Services;

/// <summary>Whose a job is.</summary>
public enum ServiceJobStage
{
    /// <summary>Nobody's.</summary>
    Free,

    /// <summary>The loop's, which fills it.</summary>
    Filling,

    /// <summary>The service manager's side, which has not looked at it yet.</summary>
    Submitted,

    /// <summary>The service manager's side, which is at it.</summary>
    Running,

    /// <summary>The loop's again: it has a result.</summary>
    Ended,
}
