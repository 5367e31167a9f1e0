namespace PressureD.Simulation.Machine;

/// <summary>
/// Something per second, given out in whole units tick by tick; the remainder is carried, so that totals are exact.
/// </summary>
public struct Rate(long perSecond)
{
    private long _remainder;

    public readonly long PerSecond => perSecond;

    /// <summary>Whole units due for a stretch of time.</summary>
    public long Take(long usec)
    {
        var exact = (perSecond * usec) + _remainder;
        _remainder = exact % 1_000_000;
        return exact / 1_000_000;
    }
}
