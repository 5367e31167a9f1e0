namespace PressureD.Cli.Commands;

/// <summary>Which seeds are run.</summary>
/// <param name="First">The first seed; the others follow it.</param>
/// <param name="Count">How many.</param>
/// <param name="EachUsec">
/// Simulated time of each in whole milliseconds, on which it depends as well what a seed draws.
/// </param>
internal readonly record struct FuzzBatch(long First, int Count, long EachUsec)
{
    /// <summary>The command line that runs them again.</summary>
    internal string Again => $"pressurectl fuzz --seed {First} --seeds {Count} --each {Each}";

    private string Each => EachUsec % 1_000_000 == 0 ? $"{EachUsec / 1_000_000}s" : $"{EachUsec / 1000}ms";
}
