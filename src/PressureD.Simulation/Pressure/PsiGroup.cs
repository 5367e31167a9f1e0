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

    private readonly long[] _totalNsec = new long[States];
    private readonly long[] _foldedNsec = new long[States];
    private readonly long[] _monitorTotalNsec = new long[States];
    private readonly long[] _monitorSeenNsec = new long[States];
    private readonly PsiAverages[] _averages = new PsiAverages[States];
    private readonly List<PsiTrigger> _monitored = [];
    private readonly List<PsiTrigger> _averaged = [];
    private readonly long _periodNsec;
    private readonly long _jiffyNsec;
    private readonly bool _spuriousBaseline;
    private long _averagesUpdatedNsec;
    private long _averagesDueNsec;
    private long _workerAtNsec = long.MaxValue;
    private bool _activeSinceFold;
    private long _monitorAtNsec = long.MaxValue;
    private long _monitorUntilNsec;
    private long _monitorDueNsec = long.MaxValue;
    private long _monitorPeriodNsec = long.MaxValue;

    /// <param name="nowNsec">When the group comes to be: its periods are counted from here.</param>
    /// <param name="periodNsec">2·HZ+1 jiffies.</param>
    /// <param name="jiffyNsec">The resolution of the kernel's timers.</param>
    /// <param name="spuriousBaseline">Whether triggers of the averages start from the monitor's total.</param>
    public PsiGroup(long nowNsec, long periodNsec, long jiffyNsec, bool spuriousBaseline)
    {
        _periodNsec = periodNsec;
        _jiffyNsec = jiffyNsec;
        _spuriousBaseline = spuriousBaseline;
        _averagesUpdatedNsec = nowNsec;
        _averagesDueNsec = nowNsec + periodNsec;
    }

    /// <summary>Whether <see cref="Tick"/> has anything to do.</summary>
    public bool Awake => _workerAtNsec != long.MaxValue || _monitorAtNsec != long.MaxValue;

    /// <summary>All stall so far.</summary>
    public long TotalNsec(PsiState state) => _totalNsec[(int)state];

    /// <summary>The averages as last folded.</summary>
    public PsiAverages Averages(PsiState state) => _averages[(int)state];

    /// <summary>Some task of the group ran or waited: the worker that folds averages is (re)started.</summary>
    public void MarkActive(long nowNsec)
    {
        _activeSinceFold = true;
        if (_workerAtNsec == long.MaxValue) _workerAtNsec = nowNsec + _periodNsec;
    }

    /// <summary>Adds stall that ended now.</summary>
    public void AddStall(PsiState state, long stallNsec, long nowNsec)
    {
        if (stallNsec <= 0) return;
        _totalNsec[(int)state] += stallNsec;
        MarkActive(nowNsec);
        if (_monitored.Count > 0 && _monitorAtNsec == long.MaxValue && IsMonitored(state)) _monitorAtNsec = nowNsec;
    }

    /// <summary>Runs the monitor and the worker when they are due.</summary>
    public void Tick(long nowNsec)
    {
        if (nowNsec >= _monitorAtNsec) RunMonitor(nowNsec);
        if (nowNsec < _workerAtNsec) return;
        if (nowNsec >= _averagesDueNsec)
        {
            foreach (var trigger in _averaged)
            {
                var state = (int)trigger.State;
                trigger.Update(nowNsec, _totalNsec[state], _totalNsec[state] != _foldedNsec[state]);
            }

            FoldAverages(nowNsec);
        }

        _workerAtNsec = _activeSinceFold ? _averagesDueNsec + _jiffyNsec : long.MaxValue;
        _activeSinceFold = false;
    }

    /// <summary>Reading a pressure file brings the averages up to date, without looking at triggers.</summary>
    public void Read(long nowNsec)
    {
        if (nowNsec >= _averagesDueNsec) FoldAverages(nowNsec);
    }

    /// <summary>Arms a trigger; <paramref name="privileged"/> ones are watched by the monitor.</summary>
    public PsiTrigger Arm(PsiState state, long thresholdNsec, long windowNsec, bool privileged, long nowNsec)
    {
        var trigger = new PsiTrigger(state, thresholdNsec, windowNsec, privileged);
        var baseline = privileged || _spuriousBaseline ? _monitorTotalNsec[(int)state] : _totalNsec[(int)state];
        trigger.RestartWindow(nowNsec, baseline, 0);
        if (!privileged)
        {
            _averaged.Add(trigger);
            return trigger;
        }

        _monitored.Add(trigger);
        _monitorPeriodNsec = long.Min(_monitorPeriodNsec, windowNsec / UpdatesPerWindow);
        return trigger;
    }

    public void Disarm(PsiTrigger trigger)
    {
        _averaged.Remove(trigger);
        if (!_monitored.Remove(trigger)) return;
        _monitorPeriodNsec = long.MaxValue;
        foreach (var other in _monitored)
            _monitorPeriodNsec = long.Min(_monitorPeriodNsec, other.WindowNsec / UpdatesPerWindow);
        if (_monitored.Count > 0) return;
        _monitorAtNsec = long.MaxValue;
        _monitorUntilNsec = 0;
        _monitorDueNsec = long.MaxValue;
    }

    private void FoldAverages(long nowNsec)
    {
        long missed = 0;
        if (nowNsec - _averagesDueNsec >= _periodNsec) missed = (nowNsec - _averagesDueNsec) / _periodNsec;
        var length = nowNsec - (_averagesUpdatedNsec + (missed * _periodNsec));
        _averagesDueNsec += (1 + missed) * _periodNsec;
        _averagesUpdatedNsec = nowNsec;
        for (var state = 0; state < States; state++)
        {
            // More stall than period is clipped here and carried to the next one; the kernel's sample has 32 bits.
            var sample = long.Min((uint)(_totalNsec[state] - _foldedNsec[state]), length);
            _foldedNsec[state] += sample;
            _averages[state].Fold(missed, sample, length);
        }
    }

    private void RunMonitor(long nowNsec)
    {
        var moved = CollectForMonitor();
        if (moved)
        {
            if (nowNsec > _monitorUntilNsec) RestartWindows(nowNsec);
            _monitorUntilNsec = nowNsec + (_monitorPeriodNsec * UpdatesPerWindow);
        }

        if (nowNsec > _monitorUntilNsec)
        {
            _monitorDueNsec = long.MaxValue;
            _monitorAtNsec = long.MaxValue;
            return;
        }

        if (nowNsec >= _monitorDueNsec)
        {
            foreach (var trigger in _monitored)
            {
                var state = (int)trigger.State;
                trigger.Update(nowNsec, _monitorTotalNsec[state], _monitorSeenNsec[state] != _monitorTotalNsec[state]);
            }

            Array.Copy(_monitorTotalNsec, _monitorSeenNsec, States);
            _monitorDueNsec = nowNsec + _monitorPeriodNsec;
        }

        _monitorAtNsec = _monitorDueNsec + _jiffyNsec;
    }

    private bool CollectForMonitor()
    {
        var moved = false;
        for (var state = 0; state < States; state++)
        {
            if (_monitorTotalNsec[state] == _totalNsec[state]) continue;
            _monitorTotalNsec[state] = _totalNsec[state];
            moved |= IsMonitored((PsiState)state);
        }

        return moved;
    }

    private void RestartWindows(long nowNsec)
    {
        foreach (var trigger in _monitored) trigger.RestartWindow(nowNsec, _monitorTotalNsec[(int)trigger.State], 0);
        Array.Copy(_monitorTotalNsec, _monitorSeenNsec, States);
        _monitorDueNsec = nowNsec + _monitorPeriodNsec;
    }

    private bool IsMonitored(PsiState state)
    {
        foreach (var trigger in _monitored)
            if (trigger.State == state) return true;
        return false;
    }
}
