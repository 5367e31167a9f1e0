using System;
using PressureD.Core.Engine;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;

namespace PressureD.Core.Actions;

/// <summary>
/// Has the kernel's own killer choose a victim: the last resort where nothing that we may touch is left. It knows no
/// protection but oom_score_adj.
/// </summary>
internal sealed class KernelOomRunner(ActionServices services, KernelOomAction action)
    : ActionRunner(services, action)
{
    /// <summary>Its victim's memory comes back in this time, or never.</summary>
    private const long IntervalUsec = 10_000_000;

    public override ReadOnlySpan<byte> Name => "kernel-oom"u8;

    public override ActionState NewState() => new KernelOomState();

    public override void Cancel(ActionState state)
    {
        var own = (KernelOomState)state;
        if (own.Write >= 0)
            Services.Writer.Abandon(own.Write);
        own.Write = -1;
    }

    public override void End(in ActionStep step)
    {
        // Often it is what has brought the end about: that it was asked for is told all the same.
        var state = (KernelOomState)step.State;
        if (state.Write >= 0 && Finish(step, state) == ChainResult.Waiting)
            Tell(step, "asked for the kernel's own killer, and has no answer yet"u8);
        Cancel(state);
    }

    public override ChainResult Run(in ActionStep step)
    {
        var state = (KernelOomState)step.State;
        if (state.Write >= 0)
            return Finish(step, state);
        if (!step.Holds)
            return ChainResult.Stop;
        if (Services.Lacks(ActionNeed.KernelOom))
        {
            Refuse(step, ActionServices.Describe(ActionNeed.KernelOom));
            return ChainResult.Next;
        }

        if (Services.KernelOomUsec != 0 && step.NowUsec - Services.KernelOomUsec < IntervalUsec)
            return ChainResult.Next;
        if (IsDryRun(step))
        {
            if (MayRepeat(step))
            {
                DaemonEvent line = BeginLine(step, EventPriority.Warning);
                line.DryRun = true;
                line.Text.Append("dry run, would have had the kernel choose a victim"u8);
                Services.Sink.Commit();
            }

            NoteAct(step);
            return ChainResult.Next;
        }

        if (Services.Kills.IsBraked(step.Rule, step.Match, step.Policy, step.NowUsec))
            return ChainResult.Next;
        int write = Services.Writer.Begin(KernelDirectory.None, "/proc/sysrq-trigger"u8, "f"u8);
        if (write == -Errno.EBUSY)
            return ChainResult.Waiting;
        if (write < 0)
        {
            RefuseErrno(step, "it cannot be asked for: "u8, write);
            return ChainResult.Next;
        }

        state.Write = write;
        Services.KernelOomUsec = step.NowUsec;
        return ChainResult.Waiting;
    }

    private ChainResult Finish(in ActionStep step, KernelOomState state)
    {
        if (!Services.Writer.TryFinish(state.Write, out int result))
            return ChainResult.Waiting;
        state.Write = -1;
        if (result < 0)
        {
            // Nobody was killed, so there is nothing to wait for.
            Services.KernelOomUsec = 0;
            if (result != -Errno.EBUSY && !Errno.IsPassing(result))
                Services.NoteLack(ActionNeed.KernelOom);
            RefuseErrno(step, "/proc/sysrq-trigger cannot be written: "u8, result);
            return ChainResult.Next;
        }

        Tell(step, "had the kernel's own killer choose a victim"u8);
        return ChainResult.Next;
    }

    private void Tell(in ActionStep step, ReadOnlySpan<byte> what)
    {
        BeginLine(step, EventPriority.Warning).Text.Append(what);
        Services.Sink.Commit();
        Services.Kills.NoteKernelKill(step.Rule, step.NowUsec);
        NoteAct(step);
    }
}
