using System;
using System.Collections.Generic;
using PressureD.Core.Engine;
using PressureD.Core.Incidents;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;

namespace PressureD.Core.Services;

/// <summary>
/// What the loop has asked of the service manager: sends it off, waits for it without blocking, and says how each
/// request ended, also when whoever asked is no longer there.
/// </summary>
internal sealed class ServiceDesk
{
    private const int Places = 4;

    /// <summary>A result wakes the loop; this is for one whose wake-up was lost.</summary>
    private const long LookUsec = 100_000;

    /// <summary>The service manager ends a program itself, and needs a moment to say so.</summary>
    private const long ReportUsec = 2_000_000;

    private readonly IServiceJobs? _jobs;
    private readonly IncidentRecorder _incidents;
    private readonly ServiceEntry[] _entries = new ServiceEntry[Places];

    /// <param name="jobs">The service manager; null where there is none.</param>
    /// <param name="incidents">Where it is said.</param>
    public ServiceDesk(IServiceJobs? jobs, IncidentRecorder incidents)
    {
        _jobs = jobs;
        _incidents = incidents;
        for (int i = 0; i < _entries.Length; i++)
            _entries[i] = new ServiceEntry();
    }

    /// <summary>Whether there is a service manager to ask.</summary>
    public bool IsThere => _jobs is not null;

    /// <summary>The service manager does not let us ask for jobs; false again once it does.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>Whether <see cref="IsRefused"/> changed since <see cref="AddReasons"/>.</summary>
    public bool RefusalChanged { get; private set; }

    /// <summary>A request to fill: its job, and in words what it does.</summary>
    /// <param name="kind">What is asked for.</param>
    /// <param name="why">Why not, when it cannot be.</param>
    /// <returns>Null when nobody is there to ask, or too much is asked already.</returns>
    public ServiceEntry? Begin(ServiceJobKind kind, out ReadOnlySpan<byte> why)
    {
        why = IsThere
            ? "too many requests to the service manager are under way"u8
            : "there is no service manager to ask"u8;
        foreach (ServiceEntry entry in _entries)
        {
            if (entry.IsUsed)
                continue;
            if (_jobs?.Begin(kind) is not { } job)
                return null;
            entry.Job = job;
            entry.IsUsed = true;
            entry.IsOver = false;
            entry.IsOrphan = false;
            entry.What.Clear();
            return entry;
        }

        return null;
    }

    /// <summary>Sends a filled request off.</summary>
    /// <param name="entry">The request.</param>
    /// <param name="match">Whose it is.</param>
    /// <param name="nowUsec">The step's time.</param>
    public void Submit(ServiceEntry entry, MatchState match, long nowUsec)
    {
        ServiceJob job = entry.Job!;
        entry.Match = match;
        entry.Rule = match.Rule.Name;
        entry.SinceUsec = nowUsec;
        entry.DeadlineUsec = nowUsec + job.TimeoutUsec + (job.Kind == ServiceJobKind.Run ? ReportUsec : 0);
        if (job.Kind == ServiceJobKind.Run)
            job.Unit.Clear().Append("pressured-run-"u8).Append(nowUsec).Append("-"u8)
                .Append(Array.IndexOf(_entries, entry)).Append(".service"u8);
        _incidents.ExpectMore(match, entry.DeadlineUsec);
        _jobs!.Submit(job);
    }

    /// <summary>Says what has ended. Once a step.</summary>
    public void Advance(long nowUsec)
    {
        foreach (ServiceEntry entry in _entries)
        {
            if (entry.Job is not { } job)
                continue;
            bool ended = job.Stage == ServiceJobStage.Ended;
            if (!ended && nowUsec < entry.DeadlineUsec)
                continue;
            Say(entry, job, ended, nowUsec);
            if (ended)
                NoteRefusal(job.Result);
            _jobs!.Release(job);
            entry.Job = null;
            entry.IsOver = true;
            if (entry.IsOrphan)
                Release(entry);
        }
    }

    /// <summary>Whoever asked needs it no more; a job that still runs ends by itself, and that is still said.</summary>
    public void Release(ServiceEntry entry)
    {
        entry.IsOrphan = true;
        if (entry.Job is not null)
            return;
        entry.Match = null;
        entry.IsUsed = false;
    }

    /// <summary>The matches are another policy's now.</summary>
    public void FollowMatches()
    {
        foreach (ServiceEntry entry in _entries)
            entry.Match = entry.Match?.Successor;
    }

    /// <summary>When to look again; unlimited when nothing is under way.</summary>
    public long NextDeadlineUsec(long nowUsec)
    {
        foreach (ServiceEntry entry in _entries)
        {
            if (entry.Job is not null)
                return nowUsec + LookUsec;
        }

        return long.MaxValue;
    }

    /// <summary>Adds what a policy asks for and cannot have.</summary>
    public void AddReasons(List<string> reasons, PolicySet policy)
    {
        RefusalChanged = false;
        if (IsRefused)
        {
            reasons.Add("systemd refuses to run programs and to restart or stop units for us: "
                + "the drop-in units.rules is not installed, or polkit is not");
        }

        if (!IsThere && Asks(policy))
        {
            reasons.Add("programs cannot be run, and units neither restarted nor stopped: there is no bus to ask "
                + "systemd over");
        }
    }

    private static bool Asks(PolicySet policy)
    {
        foreach (Rule rule in policy.Rules)
        {
            foreach (RuleAction action in rule.Actions)
            {
                if (action is RunAction or UnitAction or KillAction { Prekill: not null })
                    return true;
            }
        }

        return false;
    }

    private void NoteRefusal(ServiceJobResult result)
    {
        bool refused = result == ServiceJobResult.Refused || (IsRefused && result == ServiceJobResult.Unavailable);
        RefusalChanged |= refused != IsRefused;
        IsRefused = refused;
    }

    private void Say(ServiceEntry entry, ServiceJob job, bool ended, long nowUsec)
    {
        bool done = ended && job.Result == ServiceJobResult.Done;
        _incidents.Focus(entry.Match);
        DaemonEvent line = _incidents.Begin(
            DaemonEventKind.ServiceJob, nowUsec, done ? EventPriority.Notice : EventPriority.Warning);
        line.Rule = entry.Rule;
        line.Text.Append(entry.Rule).Append(": "u8).Append(entry.What.Span).Append(": "u8);
        if (ended)
            line.Text.Append(Word(job.Result));
        else
            line.Text.Append("not waited for any more"u8);
        line.Text.Append(" after "u8).AppendDuration(nowUsec - entry.SinceUsec);
        if (ended && job.Detail.Length > 0)
            line.Text.Append(" ("u8).Append(job.Detail.Span).Append(")"u8);
        _incidents.Commit();
    }

    private static ReadOnlySpan<byte> Word(ServiceJobResult result) => result switch
    {
        ServiceJobResult.Done => "done"u8,
        ServiceJobResult.Failed => "failed"u8,
        ServiceJobResult.TimedOut => "ended by its time limit"u8,
        ServiceJobResult.NoSuchUnit => "there is no such unit"u8,
        ServiceJobResult.Refused => "refused, see the drop-in units.rules"u8,
        _ => "systemd cannot be asked"u8,
    };
}
