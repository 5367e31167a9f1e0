using System;
using System.Collections.Generic;
using System.Text;
using PressureD.Core.Incidents;

namespace PressureD.Simulation.Fuzz;

/// <summary>Looks whether each thing that the daemon did to the machine is in an incident.</summary>
internal sealed class FuzzIncidents
{
    /// <summary>An incident is complete at the latest so long after it was opened.</summary>
    private const long OpenUsec = 150_000_000;

    /// <summary>What an incident began may go on so long after the last that it tells.</summary>
    private const long AftermathUsec = 10_000_000;

    /// <summary>
    /// A change is told of when all its writes have ended, or are given up, by a daemon that is awake meanwhile.
    /// </summary>
    private const long WriteUsec = 5_000_000;

    private readonly Dictionary<long, Told> _told = [];
    private readonly List<Act> _acts = [];
    private readonly List<(long FromUsec, long UntilUsec)> _sleeps = [];
    private long _stepUsec;
    private bool _someLost;

    /// <summary>An incident, which replaces what there was of it earlier.</summary>
    public void Take(Incident incident)
    {
        // That more happened at once than there is place for is said in the log.
        _someLost |= incident.LostBefore > 0;
        var told = new Told(incident.OpenedUsec, incident.ActsLeftOut > 0);

        // What found no place among its acts is counted there.
        if (told.IsCut) told.LastUsec = told.OpenedUsec + OpenUsec;
        foreach (var act in incident.Acts)
        {
            if (act.DryRun || act.Kind is IncidentActKind.Said or IncidentActKind.Notified) continue;
            told.LastUsec = long.Max(told.LastUsec, act.TimeUsec);
            if (act.Kind == IncidentActKind.Signalled || act.Text.Span.StartsWith("KILL "u8))
                told.Signalled.Add((act.Pid, "/" + Encoding.UTF8.GetString(act.Cgroup.Span)));
        }

        _told[incident.Id] = told;
    }

    /// <summary>It was said that there was no place for some.</summary>
    public void NoteLost() => _someLost = true;

    /// <summary>The daemon has stepped.</summary>
    public void NoteStep(long usec)
    {
        if (_stepUsec != 0 && usec - _stepUsec > WriteUsec) _sleeps.Add((_stepUsec, usec));
        _stepUsec = usec;
    }

    /// <summary>Somebody got the first signal.</summary>
    public void NoteSignal(long usec, int pid, string cgroup) => _acts.Add(new Act(usec, pid, cgroup, "a signal"));

    /// <summary>A control file was changed.</summary>
    public void NoteWrite(long usec, string cgroup, string file) => _acts.Add(new Act(usec, 0, cgroup, file));

    /// <summary>An act that no incident tells of; null: there is none.</summary>
    /// <param name="endUsec">When the run ended, with the changes whose writes had not ended.</param>
    /// <param name="restartsUsec">When daemons were killed, with the changes whose writes had not ended.</param>
    public string? FindUntold(long endUsec, List<long> restartsUsec)
    {
        if (_someLost) return null;
        foreach (var act in _acts)
        {
            if (IsTold(act) || (act.Pid == 0 && IsUnderWay(act.Usec, endUsec, restartsUsec))) continue;
            return $"{act.What} in {act.Cgroup} is in no incident";
        }

        return null;
    }

    /// <summary>A signal is handed over in the step that sends it; a change once its writes have ended.</summary>
    private static bool IsUnderWay(long usec, long endUsec, List<long> restartsUsec)
    {
        if (usec >= endUsec - WriteUsec) return true;
        foreach (var restart in restartsUsec)
            if (usec <= restart && usec >= restart - WriteUsec) return true;
        return false;
    }

    private bool IsTold(Act act)
    {
        foreach (var told in _told.Values)
        {
            var fromUsec = act.Pid == 0 ? AwakeBefore(told.OpenedUsec) : told.OpenedUsec;
            if (act.Usec < fromUsec || act.Usec > AwakeAfter(told.LastUsec)) continue;
            if (act.Pid == 0 || told.IsCut) return true;
            foreach (var (pid, cgroup) in told.Signalled)
                if (pid == act.Pid || (pid == 0 && IsWithin(act.Cgroup, cgroup))) return true;
        }

        return false;
    }

    private long AwakeBefore(long usec)
    {
        var fromUsec = usec - WriteUsec;
        for (var index = _sleeps.Count - 1; index >= 0; index--)
        {
            var (beganUsec, endedUsec) = _sleeps[index];
            if (endedUsec >= fromUsec && endedUsec <= usec) fromUsec -= endedUsec - beganUsec;
        }

        return fromUsec;
    }

    // What is told of while a worker still writes is written while the daemon sleeps.
    private long AwakeAfter(long usec)
    {
        var untilUsec = usec + AftermathUsec;
        foreach (var (beganUsec, endedUsec) in _sleeps)
            if (endedUsec >= usec && beganUsec <= untilUsec) untilUsec += endedUsec - beganUsec;
        return untilUsec;
    }

    private static bool IsWithin(string path, string cgroup) =>
        path == cgroup || path.StartsWith(cgroup + "/", StringComparison.Ordinal);

    private readonly record struct Act(long Usec, int Pid, string Cgroup, string What);

    private sealed class Told(long openedUsec, bool isCut)
    {
        public long OpenedUsec => openedUsec;
        public bool IsCut => isCut;
        public long LastUsec { get; set; } = -1;
        public List<(int Pid, string Cgroup)> Signalled { get; } = [];
    }
}
