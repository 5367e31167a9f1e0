using System;
using System.Collections.Generic;

namespace PressureD.Simulation.Pressure;

/// <summary>
/// Pressure of one cgroup or of the machine: stall totals, averages, and triggers, each advanced when the kernel would
/// (struct psi_group). Times are nanoseconds of the scheduler clock.
/// </summary>
public sealed class PsiGroup
{
    private const int States = 6;
    private const int UpdatesPerWindow = 10;

    private readonly long[] totalNsec = new long[States];
    private readonly long[] foldedNsec = new long[States];
    private readonly long[] monitorTotalNsec = new long[States];
    private readonly long[] monitorSeenNsec = new long[States];
    private readonly PsiAverages[] averages = new PsiAverages[States];
    private readonly List<PsiTrigger> monitored = [];
    private readonly List<PsiTrigger> averaged = [];
    private readonly long periodNsec;
    private readonly long jiffyNsec;
    private readonly bool spuriousBaseline;
    private long averagesUpdatedNsec;
    private long averagesDueNsec;
    private long workerAtNsec = long.MaxValue;
    private bool activeSinceFold;
    private long monitorAtNsec = long.MaxValue;
    private long monitorUntilNsec;
    private long monitorDueNsec = long.MaxValue;
    private long monitorPeriodNsec = long.MaxValue;

    /// <param name="nowNsec">When the group comes to be: its periods are counted from here.</param>
    /// <param name="periodNsec">2·HZ+1 jiffies.</param>
    /// <param name="jiffyNsec">The resolution of the kernel's timers.</param>
    /// <param name="spuriousBaseline">Whether triggers of the averages start from the monitor's total.</param>
    public PsiGroup(long nowNsec, long periodNsec, long jiffyNsec, bool spuriousBaseline)
    {
        this.periodNsec = periodNsec;
        this.jiffyNsec = jiffyNsec;
        this.spuriousBaseline = spuriousBaseline;
        averagesUpdatedNsec = nowNsec;
        averagesDueNsec = nowNsec + periodNsec;
    }

    /// <summary>Whether <see cref="Tick"/> has anything to do.</summary>
    public bool Awake => workerAtNsec != long.MaxValue || monitorAtNsec != long.MaxValue;

    /// <summary>All stall so far.</summary>
    public long TotalNsec(PsiState state) => totalNsec[(int)state];

    /// <summary>The averages as last folded.</summary>
    public PsiAverages Averages(PsiState state) => averages[(int)state];

    /// <summary>Some task of the group ran or waited: the worker that folds averages is (re)started.</summary>
    public void MarkActive(long nowNsec)
    {
        activeSinceFold = true;
        if (workerAtNsec == long.MaxValue) workerAtNsec = nowNsec + periodNsec;
    }

    /// <summary>Adds stall that ended now.</summary>
    public void AddStall(PsiState state, long stallNsec, long nowNsec)
    {
        if (stallNsec <= 0) return;
        totalNsec[(int)state] += stallNsec;
        MarkActive(nowNsec);
        if (monitored.Count > 0 && monitorAtNsec == long.MaxValue && IsMonitored(state)) monitorAtNsec = nowNsec;
    }

    /// <summary>Runs the monitor and the worker when they are due.</summary>
    public void Tick(long nowNsec)
    {
        if (nowNsec >= monitorAtNsec) RunMonitor(nowNsec);
        if (nowNsec < workerAtNsec) return;
        if (nowNsec >= averagesDueNsec)
        {
            foreach (var trigger in averaged)
            {
                var state = (int)trigger.State;
                trigger.Update(nowNsec, totalNsec[state], totalNsec[state] != foldedNsec[state]);
            }

            FoldAverages(nowNsec);
        }

        workerAtNsec = activeSinceFold ? averagesDueNsec + jiffyNsec : long.MaxValue;
        activeSinceFold = false;
    }

    /// <summary>Reading a pressure file brings the averages up to date, without looking at triggers.</summary>
    public void Read(long nowNsec)
    {
        if (nowNsec >= averagesDueNsec) FoldAverages(nowNsec);
    }

    /// <summary>Arms a trigger; <paramref name="privileged"/> ones are watched by the monitor.</summary>
    public PsiTrigger Arm(PsiState state, long thresholdNsec, long windowNsec, bool privileged, long nowNsec)
    {
        var trigger = new PsiTrigger(state, thresholdNsec, windowNsec, privileged);
        var baseline = privileged || spuriousBaseline ? monitorTotalNsec[(int)state] : totalNsec[(int)state];
        trigger.RestartWindow(nowNsec, baseline, 0);
        if (!privileged)
        {
            averaged.Add(trigger);
            return trigger;
        }

        monitored.Add(trigger);
        monitorPeriodNsec = long.Min(monitorPeriodNsec, windowNsec / UpdatesPerWindow);
        return trigger;
    }

    public void Disarm(PsiTrigger trigger)
    {
        averaged.Remove(trigger);
        if (!monitored.Remove(trigger)) return;
        monitorPeriodNsec = long.MaxValue;
        foreach (var other in monitored)
            monitorPeriodNsec = long.Min(monitorPeriodNsec, other.WindowNsec / UpdatesPerWindow);
        if (monitored.Count > 0) return;
        monitorAtNsec = long.MaxValue;
        monitorUntilNsec = 0;
        monitorDueNsec = long.MaxValue;
    }

    private void FoldAverages(long nowNsec)
    {
        long missed = 0;
        if (nowNsec - averagesDueNsec >= periodNsec) missed = (nowNsec - averagesDueNsec) / periodNsec;
        var length = nowNsec - (averagesUpdatedNsec + (missed * periodNsec));
        averagesDueNsec += (1 + missed) * periodNsec;
        averagesUpdatedNsec = nowNsec;
        for (var state = 0; state < States; state++)
        {
            // More stall than period is clipped here and carried to the next one; the kernel's sample has 32 bits.
            var sample = long.Min((uint)(totalNsec[state] - foldedNsec[state]), length);
            foldedNsec[state] += sample;
            averages[state].Fold(missed, sample, length);
        }
    }

    private void RunMonitor(long nowNsec)
    {
        var moved = CollectForMonitor();
        if (moved)
        {
            if (nowNsec > monitorUntilNsec) RestartWindows(nowNsec);
            monitorUntilNsec = nowNsec + (monitorPeriodNsec * UpdatesPerWindow);
        }

        if (nowNsec > monitorUntilNsec)
        {
            monitorDueNsec = long.MaxValue;
            monitorAtNsec = long.MaxValue;
            return;
        }

        if (nowNsec >= monitorDueNsec)
        {
            foreach (var trigger in monitored)
            {
                var state = (int)trigger.State;
                trigger.Update(nowNsec, monitorTotalNsec[state], monitorSeenNsec[state] != monitorTotalNsec[state]);
            }

            Array.Copy(monitorTotalNsec, monitorSeenNsec, States);
            monitorDueNsec = nowNsec + monitorPeriodNsec;
        }

        monitorAtNsec = monitorDueNsec + jiffyNsec;
    }

    private bool CollectForMonitor()
    {
        var moved = false;
        for (var state = 0; state < States; state++)
        {
            if (monitorTotalNsec[state] == totalNsec[state]) continue;
            monitorTotalNsec[state] = totalNsec[state];
            moved |= IsMonitored((PsiState)state);
        }

        return moved;
    }

    private void RestartWindows(long nowNsec)
    {
        foreach (var trigger in monitored) trigger.RestartWindow(nowNsec, monitorTotalNsec[(int)trigger.State], 0);
        Array.Copy(monitorTotalNsec, monitorSeenNsec, States);
        monitorDueNsec = nowNsec + monitorPeriodNsec;
    }

    private bool IsMonitored(PsiState state)
    {
        foreach (var trigger in monitored)
            if (trigger.State == state) return true;
        return false;
    }
}
