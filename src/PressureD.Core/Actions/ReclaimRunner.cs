using System;
using PressureD.Core.Engine;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Core.Readers;
using PressureD.Core.Victims;

namespace PressureD.Core.Actions;

/// <summary>Takes memory from cgroups, one after the other, until enough is taken or the condition is over.</summary>
internal sealed class ReclaimRunner(ActionServices services, ReclaimAction action) : ActionRunner(services, action)
{
    /// <summary>The chain does not wait longer than this for memory that is hard to find.</summary>
    private const long PatienceUsec = 10_000_000;

    /// <summary>Less than this is within what per-CPU caches hide.</summary>
    private const long EffectBytes = 1 << 20;

    /// <summary>So long it rests when nothing could be taken.</summary>
    private const long EmptyUsec = 2_000_000;

    private readonly ReclaimAction _action = action;

    public override ReadOnlySpan<byte> Name => "reclaim"u8;

    public override ActionState NewState() => new ReclaimState();

    public override void Cancel(ActionState state)
    {
        var reclaim = (ReclaimState)state;
        reclaim.Job.Cancel(Services);
        reclaim.IsActing = false;
    }

    public override void End(in ActionStep step)
    {
        var state = (ReclaimState)step.State;
        bool isActing = state.IsActing;
        Cancel(state);
        if (!isActing)
            return;

        // What it is for has come about: often it is what brought it about.
        state.TakenBytes += state.Job.TakenBytes;
        if (state.TakenBytes >= EffectBytes)
            Conclude(step, state);
    }

    public override ChainResult Run(in ActionStep step)
    {
        var state = (ReclaimState)step.State;
        if (!state.IsActing && !Choose(step, state))
            return step.Match.IsGone ? ChainResult.Stop : ChainResult.Next;
        while (true)
        {
            state.Job.Step(Services);
            bool over = !step.Holds || step.NowUsec - state.SinceUsec >= PatienceUsec;
            if (state.Job.IsRunning && !over)
                return ChainResult.Waiting;
            if (over)
                state.Job.Cancel(Services);
            state.TakenBytes += state.Job.TakenBytes;
            state.Error = state.Job.Error < 0 ? state.Job.Error : state.Error;
            if (over || !BeginNext(state))
                break;
        }

        Conclude(step, state);
        return ChainResult.Next;
    }

    private bool Choose(in ActionStep step, ReclaimState state)
    {
        if (step.NowUsec < state.LookAgainUsec)
            return false;
        if (Services.Lacks(ActionNeed.Reclaim))
        {
            Refuse(step, ActionServices.Describe(ActionNeed.Reclaim));
            return false;
        }

        Selection found = Services.Targets.Find(
            _action.Of, step.Match.Cgroup, null, mayWait: false, Room(state), out int count);
        if (step.Match.IsGone)
            return false;
        if (found == Selection.Nobody)
        {
            state.LookAgainUsec = LookRest.UntilUsec(step.NowUsec, Kernel.NowUsec);
            Refuse(step, "no cgroup matches"u8);
            return false;
        }

        state.TargetCount = count;
        state.NextTarget = 0;
        state.AskedBytes = 0;
        state.TakenBytes = 0;
        state.Error = 0;
        state.SinceUsec = step.NowUsec;
        if (IsDryRun(step))
        {
            Pretend(step, state);
            return false;
        }

        state.IsActing = BeginNext(state);
        if (!state.IsActing)
            Refuse(step, "all that match are at their floor"u8);
        return state.IsActing;
    }

    private Span<Target> Room(ReclaimState state) =>
        _action.AtMost > 0 ? state.Targets.AsSpan(0, _action.AtMost) : state.Targets;

    /// <returns>False when none is left.</returns>
    private bool BeginNext(ReclaimState state)
    {
        while (state.NextTarget < state.TargetCount)
        {
            ref Target target = ref state.Targets[state.NextTarget++];
            long bytes = Amount(target);
            if (bytes <= 0)
                continue;
            state.AskedBytes += bytes;
            state.Job.Begin(target, bytes, _action.Swappiness);
            return true;
        }

        return false;
    }

    private long Amount(in Target target)
    {
        long amount = _action.AmountRatio > 0
            ? (long)((Int128)target.SizeBytes * _action.AmountRatio / Quantity.Whole)
            : _action.AmountBytes;
        return Math.Min(amount, target.SizeBytes - _action.FloorBytes);
    }

    private void Conclude(in ActionStep step, ReclaimState state)
    {
        state.IsActing = false;
        if (state.TakenBytes < EffectBytes)
        {
            // To scan for what was not there a moment ago takes the time of those who wait for memory.
            state.LookAgainUsec = step.NowUsec + EmptyUsec;
            if (state.Error < 0)
                RefuseForError(step, state.Error);
            else
                Refuse(step, "nothing could be taken"u8);
            return;
        }

        DaemonEvent line = BeginLine(step, EventPriority.Notice);
        line.Text.Append("reclaimed "u8).AppendBytes(state.TakenBytes).Append(" of "u8).AppendBytes(state.AskedBytes)
            .Append(" asked for, from "u8).Append(state.NextTarget).Append(" of "u8)
            .AppendCount(state.TargetCount, "cgroup"u8, "cgroups"u8).Append(" in "u8)
            .AppendDuration(step.NowUsec - state.SinceUsec);
        if (!step.Holds)
            line.Text.Append("; the condition is over"u8);
        Services.Sink.Commit();
        NoteAct(step);
    }

    private void RefuseForError(in ActionStep step, int error)
    {
        if (error == -Errno.ENOENT)
            Refuse(step, ActionServices.Describe(ActionNeed.Reclaim));
        else
            RefuseErrno(step, "memory.reclaim cannot be written: "u8, error);
    }

    private void Pretend(in ActionStep step, ReclaimState state)
    {
        for (int i = 0; i < state.TargetCount; i++)
            state.AskedBytes += Math.Max(Amount(state.Targets[i]), 0);
        if (MayRepeat(step))
        {
            DaemonEvent line = BeginLine(step, EventPriority.Notice);
            line.DryRun = true;
            line.Text.Append("dry run, would have reclaimed "u8).AppendBytes(state.AskedBytes).Append(" from "u8)
                .AppendCount(state.TargetCount, "cgroup"u8, "cgroups"u8);
            Services.Sink.Commit();
        }

        NoteAct(step);
    }
}
