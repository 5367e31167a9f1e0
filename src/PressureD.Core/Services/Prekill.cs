using System;
using PressureD.Core.Engine;
using PressureD.Core.Policy;
using PressureD.Core.Sampling;
using PressureD.Core.Victims;

namespace PressureD.Core.Services;

/// <summary>
/// The program that a policy wants to run between the choice of a victim and its kill: one at a time, and never longer
/// than its time, which all victims of one chain share.
/// </summary>
internal sealed class Prekill
{
    private readonly ServiceDesk _desk;
    private ServiceEntry? _entry;
    private long _deadlineUsec;

    public Prekill(ServiceDesk desk) => _desk = desk;

    /// <summary>For whom a program runs; null when none does.</summary>
    public MatchState? Owner { get; private set; }

    /// <summary>Who is to die after it.</summary>
    public Victim Victim { get; } = new();

    /// <summary>When it was found to be over; 0 when it is not.</summary>
    public long OverUsec { get; private set; }

    /// <summary>Starts it.</summary>
    /// <param name="match">Whose victim it is.</param>
    /// <param name="hook">The program.</param>
    /// <param name="victim">Who is to die after it.</param>
    /// <param name="incident">The incident's number.</param>
    /// <param name="host">The machine's values.</param>
    /// <param name="nowUsec">The step's time.</param>
    /// <param name="why">Why not, when it is not started.</param>
    /// <returns>False when the kill is not to wait for it: the shared time is up, or it cannot be asked for.</returns>
    public bool Begin(
        MatchState match,
        RunAction hook,
        Victim victim,
        long incident,
        HostSampler host,
        long nowUsec,
        out ReadOnlySpan<byte> why)
    {
        if (match.PrekillDeadlineUsec == 0)
            match.PrekillDeadlineUsec = nowUsec + hook.TimeoutUsec;
        why = "earlier victims of the chain have used up the time that all share"u8;
        if (nowUsec >= match.PrekillDeadlineUsec || _desk.Begin(ServiceJobKind.Run, out why) is not { } entry)
            return false;
        ServiceJob job = entry.Job!;
        job.Command = hook.Command;
        job.User = hook.User;
        job.TimeoutUsec = match.PrekillDeadlineUsec - nowUsec;
        HookEnvironment.Fill(job, match, incident, victim, host, nowUsec);
        entry.What.Append("prekill "u8).Append(hook.Command[0]);
        _desk.Submit(entry, match, nowUsec);
        _entry = entry;
        _deadlineUsec = match.PrekillDeadlineUsec;
        Owner = match;
        OverUsec = 0;
        Victim.CopyFrom(victim);
        return true;
    }

    /// <summary>Whether the kill may go on.</summary>
    public bool IsOver(long nowUsec)
    {
        if (OverUsec == 0 && (_entry is null or { IsOver: true } || nowUsec >= _deadlineUsec))
            OverUsec = nowUsec;
        return OverUsec != 0;
    }

    /// <summary>
    /// The matches are another policy's now: the program goes on for the same kill where that one does.
    /// </summary>
    public void FollowMatches()
    {
        if (Owner is null)
            return;
        if (Owner.Successor is { ChainIndex: >= 0 } next)
            Owner = next;
        else
            End();
    }

    /// <summary>Nobody is to die after it any more, or is dying now.</summary>
    public void End()
    {
        if (_entry is not null)
            _desk.Release(_entry);
        _entry = null;
        Owner = null;
    }

    /// <summary>
    /// A pause puts an end to it. Whoever is chosen after that has a program of its own, with the whole time.
    /// </summary>
    public void Drop()
    {
        if (Owner is { } owner)
            owner.PrekillDeadlineUsec = 0;
        End();
    }

    /// <summary>Whether whoever it runs for does not want a kill any more.</summary>
    public bool IsMoot => Owner is { } owner && (owner.IsGone || owner.Phase != MatchPhase.Active);
}
