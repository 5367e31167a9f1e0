namespace PressureD.Simulation.Machine;

/// <summary>
/// Something per second, given out in whole units tick by tick; the remainder is carried, so that totals are exact.
/// </summary>
public struct Rate(long perSecond)
{
    private long _remainder;

    public readonly long PerSecond => perSecond;

    /// <summary>Whole units due for a stretch of time.</summary>
    public long Take(long usec) => Take(usec, perSecond);

    /// <summary>The same at another rate than its own: of something that changes over time.</summary>
    public long Take(long usec, long ratePerSecond)
    {
        var exact = (ratePerSecond * usec) + _remainder;
        _remainder = exact % 1_000_000;
        return exact / 1_000_000;
    }
}
