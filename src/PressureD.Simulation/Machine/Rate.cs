namespace PressureD.Simulation.Machine;

/// <summary>Something per second, given out in whole units tick by tick; the remainder is carried, so that totals are exact.</summary>
public struct Rate(long perSecond)
{
    private long remainder;

    public readonly long PerSecond => perSecond;

    /// <summary>Whole units due for a stretch of time.</summary>
    public long Take(long usec)
    {
        var exact = (perSecond * usec) + remainder;
        remainder = exact % 1_000_000;
        return exact / 1_000_000;
    }
}
