namespace PressureD.Core.Kernel;

/// <summary>Signal numbers, the same on every architecture .NET runs on.</summary>
public static class Signals
{
    /// <summary>Probes whether a signal could be sent.</summary>
    public const int Probe = 0;

    public const int Hup = 1;
    public const int Int = 2;
    public const int Kill = 9;
    public const int Term = 15;
}
