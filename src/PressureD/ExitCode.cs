namespace PressureD;

/// <summary>How the process ends. The numbers are part of the interface: scripts and units rely on them.</summary>
internal static class ExitCode
{
    /// <summary>Ended when asked to, or did what was asked.</summary>
    public const int Success = 0;

    /// <summary>Something failed while running.</summary>
    public const int Failure = 1;

    /// <summary>The command line makes no sense.</summary>
    public const int Usage = 2;

    /// <summary>The policy cannot be used, and there is no last good one.</summary>
    public const int Policy = 3;

    /// <summary>This machine cannot be guarded at all: /proc/meminfo or pidfds are missing.</summary>
    public const int Machine = 4;

    /// <summary>Something that had been changed could not be put back.</summary>
    public const int Undo = 5;
}
