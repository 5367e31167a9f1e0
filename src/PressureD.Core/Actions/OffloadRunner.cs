using System;
using PressureD.Core.Durable;
using PressureD.Core.Engine;
using PressureD.Core.Kernel;
using PressureD.Core.Policy;
using PressureD.Core.Publishing;
using PressureD.Core.Readers;
using PressureD.Core.Victims;

namespace PressureD.Core.Actions;

/// <summary>
/// Proactive reclaim, after Meta's TMO and Senpai: at each interval, from each cgroup, current · ratio · max(0, 1 −
/// stall ÷ target). It runs beside the chain for as long as the rule is active.
/// </summary>
internal sealed class OffloadRunner(ActionServices services, OffloadAction action) : ActionRunner(services, action)
{
    /// <summary>A cgroup that keeps stalling is left alone for at most 2^6 intervals.</summary>
    private const int MaxBackOff = 6;

    /// <summary>What was not swapped out is not saved up for longer than this.</summary>
    private const long BudgetSpanUsec = 60_000_000;

    private const long MaxTakeBytes = 64L << 20;

    private const long MinTakeBytes = 64L << 10;

    private const long SayIntervalUsec = 60_000_000;

    /// <summary>Workers that are taken, and a chunk under way, are looked at again this often.</summary>
    private const long BusyUsec = 100_000;

    private readonly OffloadAction _action = action;
    private readonly byte[] _buffer = new byte[512];

    public override ReadOnlySpan<byte> Name => "offload"u8;

    public override ActionState NewState() => new OffloadState();

    public override void Cancel(ActionState state)
    {
        var offload = (OffloadState)state;
        offload.Job.Cancel(Services);
        offload.IsOn = false;
        offload.Current = -1;

        // Totals of an earlier time would count stalls that are none of ours.
        foreach (ref OffloadTarget target in offload.Targets.AsSpan())
            target.ReadUsec = 0;
    }

    public override long NextDeadlineUsec(ActionState state)
    {
        var offload = (OffloadState)state;
        if (!offload.IsOn)
            return long.MaxValue;
        return offload.Current >= 0 ? Kernel.NowUsec + BusyUsec : offload.NextUsec;
    }

    public override ChainResult Run(in ActionStep step)
    {
        var state = (OffloadState)step.State;
        if (Services.Lacks(ActionNeed.Reclaim))
        {
            Refuse(step, ActionServices.Describe(ActionNeed.Reclaim));
        }
        else if (IsDryRun(step))
        {
            Refuse(step, "dry run: it would take what nobody uses"u8);
        }
        else if (!state.IsOn)
        {
            state.IsOn = true;
            state.NextUsec = step.NowUsec;
            state.SaidUsec = step.NowUsec;
        }

        return ChainResult.Next;
    }

    public override void Advance(in ActionStep step)
    {
        var state = (OffloadState)step.State;
        if (!state.IsOn)
            return;
        while (state.Current >= 0)
        {
            state.Job.Step(Services);
            if (state.Job.IsRunning)
                return;
            Account(state);
            BeginNext(state);
        }

        if (Services.Lacks(ActionNeed.Reclaim))
        {
            state.IsOn = false;
            return;
        }

        if (step.NowUsec < state.NextUsec || Services.IsPaused || IsDryRun(step))
            return;
        state.NextUsec = step.NowUsec + _action.IntervalUsec;
        AddBudget(state, step.NowUsec);
        List(step, state);
        if (step.Match.IsGone)
            return;
        for (int i = 0; i < state.Targets.Length; i++)
            Judge(state, ref state.Targets[i], step.NowUsec);
        Say(step, state);
        state.Current = -1;
        BeginNext(state);
    }

    private void AddBudget(OffloadState state, long nowUsec)
    {
        long most = (long)((Int128)_action.SwapOutBytesPerSecond * BudgetSpanUsec / 1_000_000);
        long span = state.BudgetUsec == 0 ? _action.IntervalUsec : nowUsec - state.BudgetUsec;
        long more = (long)((Int128)_action.SwapOutBytesPerSecond * Math.Min(span, BudgetSpanUsec) / 1_000_000);
        state.BudgetBytes = Math.Min(state.BudgetBytes + more, most);
        state.BudgetUsec = nowUsec;
    }

    /// <summary>Looks for the cgroups again; those that were there keep what is remembered of them.</summary>
    private void List(in ActionStep step, OffloadState state)
    {
        Services.Targets.Find(_action.Of, step.Match.Cgroup, null, mayWait: false, state.Found, out int count);
        foreach (ref OffloadTarget target in state.Targets.AsSpan())
            target.IsListed = false;
        for (int i = 0; i < count; i++)
        {
            int place = FindPlace(state.Targets, state.Found[i].Identity);
            if (place < 0)
                continue;
            ref OffloadTarget target = ref state.Targets[place];
            if (target.Target.Identity != state.Found[i].Identity)
                target = default;
            target.Target = state.Found[i];
            target.IsListed = true;
        }
    }

    private static int FindPlace(OffloadTarget[] targets, long identity)
    {
        int free = -1;
        for (int i = 0; i < targets.Length; i++)
        {
            if (targets[i].Target.Identity == identity)
                return i;
            if (!targets[i].IsListed && (free < 0 || !targets[i].Target.IsThere))
                free = i;
        }

        return free;
    }

    private void Judge(OffloadState state, ref OffloadTarget target, long nowUsec)
    {
        target.WantBytes = 0;
        if (!target.IsListed || !target.Target.IsThere || nowUsec < target.DueUsec)
            return;
        int directory = target.Target.Slot!.Directory;
        long memory = StallUsec(directory, "memory.pressure"u8);
        long io = StallUsec(directory, "io.pressure"u8);
        long spanUsec = nowUsec - target.ReadUsec;
        bool first = target.ReadUsec == 0;
        long stalledUsec = Math.Max(memory - target.MemoryStallUsec, io - target.IoStallUsec);
        target.ReadUsec = nowUsec;
        target.MemoryStallUsec = memory;
        target.IoStallUsec = io;
        if (first || memory == Quantity.Unknown || spanUsec <= 0)
            return;
        long ratio = (long)((Int128)Math.Max(stalledUsec, 0) * Quantity.Whole / spanUsec);
        if (ratio >= _action.StallRatio)
        {
            target.BackOff = Math.Min(target.BackOff + 1, MaxBackOff);
            target.DueUsec = nowUsec + (_action.IntervalUsec << target.BackOff);
            state.BackOffs++;
            return;
        }

        target.BackOff = Math.Max(target.BackOff - 1, 0);
        long current = target.Target.SizeBytes;
        long floor = Math.Max(_action.FloorBytes, LowBytes(directory));
        long room = _action.StallRatio - ratio;
        long want = (long)((Int128)current * _action.Ratio / Quantity.Whole * room / _action.StallRatio);
        target.WantBytes = Math.Min(Math.Min(want, current - floor), MaxTakeBytes);
    }

    private void BeginNext(OffloadState state)
    {
        for (int i = state.Current + 1; i < state.Targets.Length; i++)
        {
            ref OffloadTarget target = ref state.Targets[i];
            long bytes = target.WantBytes;
            if (bytes < MinTakeBytes || !target.Target.IsThere)
                continue;

            // All of it could be swapped out. Beyond the budget it is taken from the cache alone, where the kernel can
            // be told so.
            bool fromCache = bytes > state.BudgetBytes && !Services.Lacks(ActionNeed.ReclaimSwappiness);
            if (!fromCache)
                bytes = Math.Min(bytes, state.BudgetBytes);
            if (bytes < MinTakeBytes)
                continue;
            state.Current = i;
            state.SwapBeforeBytes = SwapBytes(target);
            state.Job.Begin(target.Target, bytes, fromCache ? 0 : -1);
            state.Job.Step(Services);
            return;
        }

        state.Current = -1;
    }

    private void Account(OffloadState state)
    {
        ref OffloadTarget target = ref state.Targets[state.Current];
        long swapped = target.Target.IsThere ? Math.Max(SwapBytes(target) - state.SwapBeforeBytes, 0) : 0;
        state.BudgetBytes -= swapped;
        state.SwappedBytes += swapped;
        state.TakenBytes += state.Job.TakenBytes;
    }

    private long SwapBytes(in OffloadTarget target) =>
        Math.Max(Services.Targets.ReadValue(target.Target.Slot!.Directory, "memory.swap.current"u8), 0);

    /// <summary>What the kernel would spare by itself: to take it by reclaim would defeat its purpose.</summary>
    private long LowBytes(int directory)
    {
        long low = Services.Targets.ReadValue(directory, "memory.low"u8);
        long min = Services.Targets.ReadValue(directory, "memory.min"u8);
        return Math.Max(low == Quantity.Unknown ? 0 : low, min == Quantity.Unknown ? 0 : min);
    }

    private long StallUsec(int directory, ReadOnlySpan<byte> name)
    {
        int length = WholeFile.Read(Kernel, directory, name, _buffer);
        return length > 0 && PsiReader.TryRead(_buffer.AsSpan(0, length), out PsiReading reading)
            ? reading.Some.TotalUsec
            : Quantity.Unknown;
    }

    private void Say(in ActionStep step, OffloadState state)
    {
        if (step.NowUsec - state.SaidUsec < SayIntervalUsec)
            return;
        if (state.TakenBytes > 0 || state.BackOffs > 0)
        {
            DaemonEvent line = BeginLine(step, EventPriority.Info);
            line.Text.Append("offload: took "u8).AppendBytes(state.TakenBytes).Append(" in "u8)
                .AppendDuration(step.NowUsec - state.SaidUsec).Append(", of which "u8)
                .AppendBytes(state.SwappedBytes).Append(" went to swap; backed off "u8)
                .AppendCount(state.BackOffs, "time"u8, "times"u8);
            Services.Sink.Commit();
        }

        state.SaidUsec = step.NowUsec;
        state.TakenBytes = 0;
        state.SwappedBytes = 0;
        state.BackOffs = 0;
    }
}
