using PressureD.Simulation.Machine;

namespace PressureD.Simulation.Pressure;

/// <summary>One armed trigger: stall within a sliding window (struct psi_trigger).</summary>
public sealed class PsiTrigger
{
    internal PsiTrigger(PsiState state, long thresholdNsec, long windowNsec, bool privileged)
    {
        State = state;
        ThresholdNsec = thresholdNsec;
        WindowNsec = windowNsec;
        Privileged = privileged;
    }

    public PsiState State { get; }
    public long ThresholdNsec { get; }
    public long WindowNsec { get; }

    /// <summary>Watched by the group's own monitor; the others only when averages are folded.</summary>
    public bool Privileged { get; }

    /// <summary>Whether an event waits to be consumed.</summary>
    public bool Event { get; private set; }

    /// <summary>Events raised so far.</summary>
    public long Raised { get; private set; }

    internal long WindowStartNsec { get; private set; }
    internal long WindowStartValue { get; private set; }
    internal long PreviousGrowthNsec { get; private set; }
    internal long LastEventNsec { get; private set; }
    internal bool Pending { get; private set; }

    /// <summary>Takes the event, as poll does.</summary>
    public bool Consume()
    {
        var raised = Event;
        Event = false;
        return raised;
    }

    internal void RestartWindow(long nowNsec, long value, long previousGrowthNsec)
    {
        WindowStartNsec = nowNsec;
        WindowStartValue = value;
        PreviousGrowthNsec = previousGrowthNsec;
    }

    /// <summary>One look of an aggregator at the total that the trigger watches.</summary>
    /// <param name="nowNsec">Scheduler clock.</param>
    /// <param name="total">The stall total of the aggregator.</param>
    /// <param name="stalled">Whether the total moved since the aggregator's last look.</param>
    internal void Update(long nowNsec, long total, bool stalled)
    {
        if (!stalled && !Pending) return;
        if (stalled)
        {
            var growth = Growth(nowNsec, total);
            if (!Pending && growth < ThresholdNsec) return;
            Pending = true;
        }

        // At most one event per window: what comes earlier is deferred, not lost.
        if (nowNsec < LastEventNsec + WindowNsec) return;
        if (!Event) Raised++;
        Event = true;
        LastEventNsec = nowNsec;
        Pending = false;
    }

    private long Growth(long nowNsec, long total)
    {
        var elapsed = nowNsec - WindowStartNsec;
        var growth = total - WindowStartValue;
        if (elapsed > WindowNsec)
        {
            RestartWindow(nowNsec, total, growth);
            return growth;
        }

        // The part of the previous window that the sliding window still covers, as if stall had been even in it.
        return growth + FixedPoint.Part(PreviousGrowthNsec, WindowNsec - elapsed, WindowNsec);
    }
}
