namespace PressureD.Cli;

/// <summary>What pressurectl's exit status means.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    internal const int Success = 0;

    /// <summary>It could not be done; standard error says why.</summary>
    internal const int Error = 1;

    /// <summary>The command line is wrong.</summary>
    internal const int Usage = 2;

    /// <summary>The daemon is not there: no bus, not running, or no answer.</summary>
    internal const int NotReachable = 3;

    /// <summary>The bus, polkit or the daemon does not let this user do it.</summary>
    internal const int AccessDenied = 4;
}
