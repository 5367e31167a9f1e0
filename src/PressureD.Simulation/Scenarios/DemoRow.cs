namespace PressureD.Simulation.Scenarios;

/// <summary>One line of a demonstration's timeline. Averages are in hundredths of a percent.</summary>
/// <param name="ElapsedUsec">Since the beginning.</param>
/// <param name="AvailableMiB">MemAvailable.</param>
/// <param name="CulpritMiB">What the trouble-maker holds in memory; 0 when it is gone.</param>
/// <param name="CacheMiB">File cache.</param>
/// <param name="SwapUsedMiB">Swap in use.</param>
/// <param name="MemorySome10">memory some avg10.</param>
/// <param name="MemoryFull10">memory full avg10.</param>
/// <param name="IoSome10">io some avg10.</param>
/// <param name="WebReadsPerSecond">What an innocent service that reads its files gets done, since the row
/// before.</param>
/// <param name="ProbeLateUsec">All lateness of the innocent probe so far.</param>
public sealed record DemoRow(
    long ElapsedUsec,
    long AvailableMiB,
    long CulpritMiB,
    long CacheMiB,
    long SwapUsedMiB,
    long MemorySome10,
    long MemoryFull10,
    long IoSome10,
    long WebReadsPerSecond,
    long ProbeLateUsec)
{
    /// <summary>The names of the columns of <see cref="ToString"/>.</summary>
    public const string Header =
        "   time   available    culprit      cache       swap    mem some    mem full     io some    web  probe late";

    public override string ToString() =>
        $"{ElapsedUsec / 1_000_000,5}.{ElapsedUsec / 100_000 % 10} s {AvailableMiB,7} MiB {CulpritMiB,6} MiB "
        + $"{CacheMiB,6} MiB {SwapUsedMiB,6} MiB  {Percent(MemorySome10)}  {Percent(MemoryFull10)}  "
        + $"{Percent(IoSome10)} "
        + $"{WebReadsPerSecond,4}/s "
        + $"{ProbeLateUsec / 1000,8} ms";

    private static string Percent(long hundredths) => $"{hundredths / 100,6}.{hundredths % 100:D2} %";
}
