using System;
using System.Text;
using PressureD.Core.Engine;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;

namespace PressureD.Core.Actions;

/// <summary>
/// Carries out one action of one rule: a small state machine that each step moves on, and that never blocks. Its state
/// is kept apart for each match.
/// </summary>
internal abstract class ActionRunner
{
    /// <summary>An action that changes nothing says why once in this time, and so does a dry run.</summary>
    private const long RefusalIntervalUsec = 10_000_000;

    protected ActionRunner(ActionServices services, RuleAction action)
    {
        Services = services;
        Action = action;
    }

    protected ActionServices Services { get; }

    protected IKernel Kernel => Services.Kernel;

    /// <summary>What it is called in a policy.</summary>
    public abstract ReadOnlySpan<byte> Name { get; }

    private RuleAction Action { get; }

    /// <summary>What it needs for one match.</summary>
    public abstract ActionState NewState();

    /// <summary>Does what can be done in this step of the chain.</summary>
    public abstract ChainResult Run(in ActionStep step);

    /// <summary>Whatever the chain is at: called in every step in which the match is active.</summary>
    public virtual void Advance(in ActionStep step)
    {
    }

    /// <summary>
    /// The match is over, or no more: gives back what is under way. What is reversible has its own end.
    /// </summary>
    public virtual void Cancel(ActionState state)
    {
    }

    /// <summary>The condition is over: gives back what is under way, and says what came of it.</summary>
    public virtual void End(in ActionStep step) => Cancel(step.State);

    /// <summary>Runs as much of it as changes nothing, so that its code is resident before it is needed.</summary>
    public virtual void Rehearse(MatchState match, ActionState state)
    {
    }

    /// <summary>When <see cref="Advance"/> must be called next; unlimited when it need not be.</summary>
    public virtual long NextDeadlineUsec(ActionState state) => long.MaxValue;

    protected bool IsDryRun(in ActionStep step) => Services.DryRun || step.Rule.IsDryRun || Action.DryRun;

    /// <summary>A line of the log about this action; what to say is added, then the sink commits it.</summary>
    protected DaemonEvent BeginLine(in ActionStep step, EventPriority priority)
    {
        DaemonEvent line = Services.Sink.Begin(DaemonEventKind.Log, step.NowUsec, priority);
        MatchState match = step.Match;
        line.Rule = match.Rule.Name;
        line.Text.Append(match.Rule.Name);
        if (match.Cgroup is { } cgroup)
        {
            line.Cgroup.Append(cgroup.Path);
            line.Text.Append(" [/"u8).AppendEscaped(cgroup.Path).Append("]"u8);
        }

        line.Text.Append(": "u8);
        return line;
    }

    /// <summary>Says why nothing is done, once in a while.</summary>
    protected void Refuse(in ActionStep step, ReadOnlySpan<byte> why, ReadOnlySpan<byte> more = default)
    {
        Services.Incidents.NoteHeldBack(step.Match, step.NowUsec, why, more);
        if (!MayRepeat(step))
            return;
        DaemonEvent line = BeginLine(step, EventPriority.Warning);
        line.Text.Append("no "u8).Append(Name).Append(", "u8).Append(why).Append(more);
        Services.Sink.Commit();
    }

    /// <summary>The same for an error of the kernel.</summary>
    protected void RefuseErrno(in ActionStep step, ReadOnlySpan<byte> why, int result)
    {
        Span<byte> name = stackalloc byte[32];
        Refuse(step, why, name[..Encoding.UTF8.GetBytes(Errno.Name(result), name)]);
    }

    /// <summary>Whether a line that each run of the chain would repeat may be said.</summary>
    protected static bool MayRepeat(in ActionStep step)
    {
        ActionState state = step.State;
        if (state.LastRefusalUsec != 0 && step.NowUsec - state.LastRefusalUsec < RefusalIntervalUsec)
            return false;
        state.LastRefusalUsec = step.NowUsec;
        return true;
    }

    /// <summary>It changed something: the cooldown starts, averages are judged by what stalls from now on.</summary>
    protected void NoteAct(in ActionStep step) =>
        Services.Kills.NoteAct(step.Match, step.Rule.Hash, step.NowUsec, step.Host);
}
