using System;
using System.Collections.Immutable;
using PressureD.Core.Cgroups;
using PressureD.Core.Engine;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Core.Services;
using PressureD.Core.Victims;

namespace PressureD.Core.Actions;

/// <summary>
/// Carries out <c>run</c> and <c>unit</c>: asks the service manager, and lets the chain go on when its job has ended,
/// however it did.
/// </summary>
internal sealed class ServiceRunner : ActionRunner
{
    /// <summary>How long it is waited for what workers read; after that, unreadable counts as protected.</summary>
    private const long ExaminePatienceUsec = 200_000;

    private readonly RunAction? _run;
    private readonly UnitAction? _unit;
    private readonly CompiledKill? _protections;
    private readonly byte[] _unitName = [];

    public ServiceRunner(ActionServices services, RunAction action)
        : base(services, action) => _run = action;

    public ServiceRunner(ActionServices services, UnitAction action)
        : base(services, action)
    {
        _unit = action;
        _unitName = System.Text.Encoding.UTF8.GetBytes(action.Unit);

        // The same protections as if its cgroup were to be killed: stopping it comes to that.
        _protections = new CompiledKill(new KillAction
        {
            From = new CgroupPattern("**"),
            Victim = VictimKind.Cgroup,
            Rank = ImmutableArray<RankKey>.Empty,
            Protect = action.Protect,
            Signal = Signals.Term,
        });
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => _run is null ? "unit"u8 : "run"u8;

    /// <inheritdoc/>
    public override ActionState NewState() => new ServiceActionState();

    /// <inheritdoc/>
    public override ChainResult Run(in ActionStep step)
    {
        var state = (ServiceActionState)step.State;
        if (state.Entry is { } running)
        {
            if (!running.IsOver)
                return ChainResult.Waiting;
            Services.Desk.Release(running);
            state.Entry = null;
            return ChainResult.Next;
        }

        if (_protections is not null)
        {
            Selection selection = Examine(step, state, out Refusal refusal);
            if (selection == Selection.Waiting)
                return ChainResult.Waiting;
            if (refusal is not (Refusal.None or Refusal.Gone))
            {
                Refuse(step, "it is protected: "u8, RefusalText.Of(refusal));
                return ChainResult.Next;
            }
        }

        return IsDryRun(step) ? Pretend(step) : Ask(step, state);
    }

    /// <inheritdoc/>
    public override void Cancel(ActionState state)
    {
        var own = (ServiceActionState)state;
        if (own.Entry is { } entry)
            Services.Desk.Release(entry);
        own.Entry = null;
    }

    private Selection Examine(in ActionStep step, ServiceActionState state, out Refusal refusal)
    {
        if (state.ExaminingSinceUsec == 0)
            state.ExaminingSinceUsec = step.NowUsec;
        bool mayWait = step.NowUsec - state.ExaminingSinceUsec < ExaminePatienceUsec;
        Selection selection = Examine(mayWait, out refusal);
        if (selection != Selection.Waiting)
            state.ExaminingSinceUsec = 0;
        return selection;
    }

    private Selection Examine(bool mayWait, out Refusal refusal)
    {
        Services.Cgroups.Refresh();
        foreach (CgroupSlot slot in Services.Cgroups.Slots)
        {
            if (IsUnit(slot.Path))
                return Services.Selector.ExamineTarget(_protections!, slot, mayWait, out refusal);
        }

        // Nothing of it runs, unless it could not be seen.
        bool isLacking = Services.Cgroups.IsLacking;
        refusal = isLacking ? Refusal.Unreadable : Refusal.None;
        return !isLacking ? Selection.Found : mayWait ? Selection.Waiting : Selection.Nobody;
    }

    private bool IsUnit(ReadOnlySpan<byte> path) =>
        path.EndsWith(_unitName) && (path.Length == _unitName.Length || path[^(_unitName.Length + 1)] == '/');

    private ChainResult Pretend(in ActionStep step)
    {
        if (MayRepeat(step))
        {
            DaemonEvent line = BeginLine(step, EventPriority.Warning);
            line.DryRun = true;
            line.Text.Append("dry run, would ask for "u8);
            Describe(line.Text);
            AppendWhy(line.Text, step);
            Services.Sink.Commit();
        }

        NoteAct(step);
        return ChainResult.Next;
    }

    private ChainResult Ask(in ActionStep step, ServiceActionState state)
    {
        ServiceJobKind kind = _run is not null
            ? ServiceJobKind.Run
            : _unit!.Restart ? ServiceJobKind.Restart : ServiceJobKind.Stop;
        if (Services.Desk.Begin(kind, out ReadOnlySpan<byte> why) is not { } entry)
        {
            Refuse(step, why);
            return ChainResult.Next;
        }

        ServiceJob job = entry.Job!;
        if (_run is { } run)
        {
            job.Command = run.Command;
            job.User = run.User;
            job.TimeoutUsec = run.TimeoutUsec;
            Victim? victim = step.Match.Victim is { IsChosen: true } last ? last : null;
            long incident = Services.Incidents.GiveOut(step.Match);
            HookEnvironment.Fill(job, step.Match, incident, victim, step.Host, step.NowUsec);
        }
        else
        {
            job.Unit.Append(_unitName);
            job.TimeoutUsec = _unit!.TimeoutUsec;
        }

        Describe(entry.What);
        DaemonEvent line = BeginLine(step, EventPriority.Warning);
        line.Text.Append("asks for "u8).Append(entry.What.Span);
        AppendWhy(line.Text, step);
        Services.Sink.Commit();
        Services.Desk.Submit(entry, step.Match, step.NowUsec);
        state.Entry = entry;
        NoteAct(step);
        return ChainResult.Waiting;
    }

    private void Describe(TextBuffer text)
    {
        if (_run is { } run)
            text.Append("run of "u8).Append(run.Command[0]);
        else
            text.Append(_unit!.Restart ? "restart of "u8 : "stop of "u8).AppendEscaped(_unitName);
    }

    private static void AppendWhy(TextBuffer text, in ActionStep step)
    {
        text.Append("; because "u8);
        ConditionEvidence.Append(
            text,
            step.Match.Rule.When,
            new ConditionEvaluator(step.Host.Values, step.Match, step.NowUsec, recheck: true));
    }
}
