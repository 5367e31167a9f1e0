using System;
using System.Buffers.Text;
using System.Text;
using PressureD.Core.Cgroups;
using PressureD.Core.Durable;
using PressureD.Core.Engine;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Core.Readers;
using PressureD.Core.Victims;

namespace PressureD.Core.Actions;

/// <summary>
/// Changes control files for as long as the rule is active or a time limit allows: throttle, freeze, swap, weight, set.
/// </summary>
internal sealed class ChangeRunner : ActionRunner
{
    /// <summary>How long a choice waits for what workers read; after that, unreadable counts as protected.</summary>
    private const long ChoicePatienceUsec = 200_000;

    /// <summary>How long an act waits for workers that are taken; the rest of it is then not done.</summary>
    private const long WritePatienceUsec = 2_000_000;

    /// <summary>Where nothing could be changed, that is tried again this often.</summary>
    private const long FailedAgainUsec = 10_000_000;

    private readonly ChangeAction _action;
    private readonly CompiledKill _protections;
    private readonly byte[][] _names;
    private readonly byte[]?[] _texts;
    private readonly byte[] _old = new byte[512];
    private readonly byte[] _ours = new byte[UndoJournal.MaxValueBytes];

    public ChangeRunner(ActionServices services, ChangeAction action)
        : base(services, action)
    {
        _action = action;
        _names = new byte[action.Changes.Length][];
        _texts = new byte[]?[action.Changes.Length];
        for (int i = 0; i < _names.Length; i++)
        {
            _names[i] = Encoding.UTF8.GetBytes(action.Changes[i].File);
            _texts[i] = action.Changes[i].Text is { } text ? Encoding.UTF8.GetBytes(text) : null;
        }

        _protections = new CompiledKill(new KillAction
        {
            From = action.Of ?? new CgroupPattern("**"),
            Victim = VictimKind.Cgroup,
            Rank = [],
            Signal = Signals.Kill,
            Protect = action.Protect,
        });
    }

    public override ReadOnlySpan<byte> Name => _action.Kind switch
    {
        ChangeKind.Throttle => "throttle"u8,
        ChangeKind.Freeze => "freeze"u8,
        ChangeKind.Swap => "swap"u8,
        ChangeKind.Weight => "weight"u8,
        _ => "set"u8,
    };

    public override ActionState NewState() => new ChangeState();

    public override void Cancel(ActionState state)
    {
        // Effects under way go on by themselves, to their end.
        var change = (ChangeState)state;
        change.IsActing = false;
        change.SinceUsec = 0;
    }

    public override void End(in ActionStep step)
    {
        // Without this, what workers still write when the condition is over would be told of by nobody.
        var state = (ChangeState)step.State;
        if (state.IsActing && state.Changed + state.Pending > 0)
            Conclude(step, state);
        Cancel(state);
    }

    public override void Rehearse(MatchState match, ActionState state)
    {
        if (!_action.IsOfMachine)
        {
            Services.Targets.Find(
                _action.Of, match.Cgroup, _protections, mayWait: false, Room((ChangeState)state), out _);
        }
    }

    public override ChainResult Run(in ActionStep step)
    {
        var state = (ChangeState)step.State;
        if (!state.IsActing)
        {
            if (step.NowUsec < Math.Max(state.RestUntilUsec, state.LookAgainUsec))
                return ChainResult.Next;
            ChainResult chosen = Choose(step, state);
            if (chosen != ChainResult.Waiting || !state.IsActing)
                return chosen;
        }

        bool patient = step.NowUsec - state.SinceUsec < WritePatienceUsec;
        if (!WriteRest(step, state, patient))
            return ChainResult.Waiting;
        if (state.Pending > 0 && patient)
            return ChainResult.Waiting;
        Conclude(step, state);
        return ChainResult.Next;
    }

    private ChainResult Choose(in ActionStep step, ChangeState state)
    {
        if (state.SinceUsec == 0)
            state.SinceUsec = step.NowUsec;
        bool mayWait = step.NowUsec - state.SinceUsec < ChoicePatienceUsec;
        int count = 0;
        Selection selection = _action.IsOfMachine
            ? Selection.Found
            : Services.Targets.Find(
                _action.Of, step.Match.Cgroup, _protections, mayWait, Room(state), out count);
        if (selection == Selection.Waiting)
            return ChainResult.Waiting;
        state.SinceUsec = 0;

        // Looking at the tree may have found that the match has gone.
        if (step.Match.IsGone)
            return ChainResult.Stop;
        if (selection == Selection.Nobody)
        {
            state.LookAgainUsec = LookRest.UntilUsec(step.NowUsec, Kernel.NowUsec);
            Refuse(step, "nobody qualifies: "u8, Services.Targets.PassedOver.Span);
            return ChainResult.Next;
        }

        state.TargetCount = count;
        state.IsCut = _action.AtMost == 0 && !_action.IsOfMachine && Services.Targets.IsCut;
        if (IsDryRun(step))
            return Pretend(step, state);
        state.Begin(step.NowUsec);
        return ChainResult.Waiting;
    }

    private Span<Target> Room(ChangeState state) =>
        _action.AtMost > 0 ? state.Targets.AsSpan(0, _action.AtMost) : state.Targets;

    /// <returns>False when workers are taken and the rest has to wait.</returns>
    private bool WriteRest(in ActionStep step, ChangeState state, bool patient)
    {
        // The machine's own files come after the last target, once.
        while (state.NextTarget <= state.TargetCount)
        {
            while (state.NextChange < _names.Length)
            {
                bool ofMachine = _action.Changes[state.NextChange].OfMachine;
                if (ofMachine == (state.NextTarget == state.TargetCount))
                {
                    int result = Change(step, state, state.NextTarget, state.NextChange);
                    if (result is -Errno.EBUSY or -Errno.EAGAIN && patient)
                        return false;
                    if (result < 0 && !(Errno.IsGone(result) && IsGone(state)))
                        Fail(step, state, result);
                }

                state.NextChange++;
            }

            state.NextChange = 0;
            state.NextTarget++;
        }

        return true;
    }

    /// <summary>Whether the next target is no more; otherwise it is its file that does not exist.</summary>
    private bool IsGone(ChangeState state) =>
        state.NextTarget < state.TargetCount
        && !(state.Targets[state.NextTarget] is { IsThere: true, Slot: { } slot }
            && Services.Targets.IsAlive(slot.Directory));

    /// <returns>0, also when there is nothing to change; or a negative errno.</returns>
    private int Change(in ActionStep step, ChangeState state, int index, int changeIndex)
    {
        bool ofMachine = index == state.TargetCount;
        ref Target target = ref state.Targets[ofMachine ? 0 : index];
        if (!ofMachine && !target.IsThere)
            return 0;
        int directory = ofMachine ? KernelDirectory.None : target.Slot!.Directory;
        byte[] name = _names[changeIndex];
        ReadOnlySpan<byte> path = ofMachine ? default : target.Slot!.Path;
        long identity = ofMachine ? 0 : target.Identity;
        if (Services.Effects.FindOfRule(path, identity, name) is { } held)
        {
            // Ours is in effect already; another rule's is that rule's to put back.
            return ReferenceEquals(held.Match, step.Match) || held.Stage == EffectStage.Ending ? 0 : -Errno.EEXIST;
        }

        Effect? standing = Services.Effects.FindStanding(path, identity, name);
        if (standing is { IsDropped: true } or { Stage: not EffectStage.Held })
            return standing.SaidStuck ? -Errno.EEXIST : -Errno.EAGAIN;

        int result = ControlText.Read(Kernel, directory, name, _old, out ReadOnlySpan<byte> old);
        if (result < 0)
            return result;
        ReadOnlySpan<byte> ours = Value(changeIndex, directory, old);
        if (ours.IsEmpty || ours.SequenceEqual(old))
            return 0;

        // A standing limit that somebody else has changed is no more there to be put back.
        bool isOverStanding = standing is not null && old.SequenceEqual(Services.Effects.Ours(standing));
        result = Services.Effects.Begin(
            new PlannedChange
            {
                Directory = directory,
                Identity = identity,
                Path = path,
                Name = name,
                Old = isOverStanding ? Services.Effects.Old(standing!) : old,
                Ours = ours,
                IsOverStanding = isOverStanding,
            },
            out Effect? effect);
        if (effect is null)
            return result;
        effect.RuleName = step.Rule.Rule.Name;
        effect.RuleHash = step.Rule.Hash;
        effect.Match = step.Match;
        effect.MatchIdentity = step.Match.Cgroup?.Identity ?? 0;
        effect.Action = _action;
        effect.Asker = state;
        effect.AskerAct = state.Act;
        effect.UntilUsec = _action.LimitUsec == 0 ? 0 : step.NowUsec + _action.LimitUsec;
        state.NoteBegun();
        return 0;
    }

    /// <returns>What to write, as it will read back; empty when nothing is to be written.</returns>
    private ReadOnlySpan<byte> Value(int changeIndex, int directory, ReadOnlySpan<byte> old)
    {
        if (_texts[changeIndex] is { } text)
            return text;
        ControlChange change = _action.Changes[changeIndex];
        long bytes = change.Bytes;
        if (change.ShareRatio > 0)
        {
            long current = Services.Targets.ReadCurrent(directory);
            if (current == Quantity.Unknown)
                return default;
            bytes = Math.Max((long)((Int128)current * change.ShareRatio / Quantity.Whole), change.FloorBytes);
        }

        bytes -= bytes % Kernel.Features.PageBytes;
        if (change.OnlyLower && Utf8Parser.TryParse(old, out long limit, out _) && limit <= bytes)
            return default;
        Utf8Formatter.TryFormat(bytes, _ours, out int written);
        return _ours.AsSpan(0, written);
    }

    private void Fail(in ActionStep step, ChangeState state, int result)
    {
        state.NoteFailed(result);
        ref readonly Target target = ref state.Targets[Math.Min(state.NextTarget, state.Targets.Length - 1)];
        DaemonEvent line = BeginLine(step, EventPriority.Warning);
        TextBuffer text = line.Text.Append("cannot "u8).Append(Name).Append(" "u8);
        if (state.NextTarget < state.TargetCount && target.IsThere)
            text.Append("/"u8).AppendEscaped(target.Slot!.Path).Append(" "u8);
        text.Append("("u8).Append(_names[state.NextChange]).Append("): "u8);
        text.Append(result switch
        {
            -Errno.ENOSPC => "as many changes are in effect as can be noted to be put back"u8,
            -Errno.EBUSY => "every worker hangs"u8,
            -Errno.ENAMETOOLONG => "its path is too long to be noted"u8,
            -Errno.EAGAIN => "an earlier change of it is being made or put back"u8,
            -Errno.EEXIST => "an earlier change of it, another rule's or one that cannot be put back, is in effect"u8,
            -Errno.ENOENT => "there is no such file: its controller is off there, or this kernel does not have it"u8,
            _ => default,
        });
        if (result is not (-Errno.ENOSPC or -Errno.EBUSY or -Errno.EAGAIN or -Errno.EEXIST or -Errno.ENAMETOOLONG
            or -Errno.ENOENT))
        {
            text.Append(Errno.Name(result));
        }

        Services.Sink.Commit();
    }

    private void Conclude(in ActionStep step, ChangeState state)
    {
        state.IsActing = false;
        state.SinceUsec = 0;

        // What a worker still writes counts: lowering memory.high takes as long as reclaim does.
        if (state.Changed + state.Pending == 0)
        {
            if (state.Failed == 0)
            {
                Refuse(step, "it is all as it would make it"u8);
                return;
            }

            state.LookAgainUsec = step.NowUsec + FailedAgainUsec;
            RefuseErrno(step, "nothing could be changed: "u8, state.Error);
            return;
        }

        // A limit in time is one: without a rest the next run of the chain would begin it anew at once.
        if (_action.LimitUsec > 0)
            state.RestUntilUsec = step.NowUsec + (2 * _action.LimitUsec);
        DaemonEvent line = BeginLine(step, EventPriority.Warning);
        Describe(line.Text, state);
        if (state.Failed > 0)
            line.Text.Append("; "u8).Append(state.Failed).Append(" could not be changed"u8);
        Services.Sink.Commit();

        // What was said last had an effect: the incident tells it as an act.
        NoteAct(step);
    }

    private ChainResult Pretend(in ActionStep step, ChangeState state)
    {
        if (MayRepeat(step))
        {
            DaemonEvent line = BeginLine(step, EventPriority.Warning);
            line.DryRun = true;
            line.Text.Append("dry run, would have done: "u8);
            Describe(line.Text, state);
            Services.Sink.Commit();
        }

        NoteAct(step);
        return ChainResult.Next;
    }

    private void Describe(TextBuffer text, ChangeState state)
    {
        text.Append(Name);
        for (int i = 0; i < _names.Length; i++)
        {
            text.Append(i == 0 ? " ("u8 : ", "u8).Append(_names[i]);
            if (_texts[i] is { } value)
                text.Append("="u8).Append(value);
        }

        text.Append(")"u8);
        for (int i = 0; i < state.TargetCount; i++)
        {
            if (!state.Targets[i].IsThere)
                continue;
            text.Append(i == 0 ? " of /"u8 : ", /"u8).AppendEscaped(state.Targets[i].Slot!.Path).Append(" ("u8)
                .AppendBytes(state.Targets[i].SizeBytes).Append(")"u8);
        }

        if (state.IsCut)
            text.Append(", and of no more, though more match"u8);
        if (_action.LimitUsec > 0)
            text.Append(", for "u8).AppendDuration(_action.LimitUsec).Append(" at most"u8);
    }
}
